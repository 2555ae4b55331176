"""An async generator read from a thread that has no event loop, as WSGI servers have it.

Owns :class:`Driven` alone. Imports nothing of the package; used by ``web`` to stream what async views yield.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Iterator
from typing import Any, Final

WAITING: Final = object()
"""What :class:`Driven` gives in place of an item that takes long."""


class Driven(Iterator[Any]):
    """The items of an async iterable, each computed when it is asked for.

    All of the iterable runs in one task of an event loop of its own, which stands still between two items: a timeout
    or a cancel scope may span them, and context variables are those of the first :func:`next`.

    :param source: What an async generator function returns, or any async iterable.
    :param patience: Seconds to wait for an item before :data:`WAITING` is given; None waits as long as it takes.

    .. versionadded:: 0.1
    """

    def __init__(self, source: AsyncIterable[Any], *, patience: float | None = None) -> None:
        self._source = source
        self._patience = patience
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wanted: asyncio.Queue[bool] = asyncio.Queue()
        self._reply: asyncio.Future[tuple[Any, ...]] | None = None
        self._closed = False

    def __next__(self) -> Any:
        """Run the loop until there is an item, or patience ends."""
        if self._closed:
            raise StopIteration
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._task = self._loop.create_task(self._run())
        if self._reply is None:
            self._reply = self._loop.create_future()
            self._wanted.put_nowait(True)
        try:
            self._loop.run_until_complete(asyncio.wait([self._reply], timeout=self._patience))
            if not self._reply.done():
                return WAITING
            found = self._reply.result()
        except BaseException:
            self.close()
            raise
        self._reply = None
        if not found:
            self.close()
            raise StopIteration
        return found[0]

    def close(self) -> None:
        """End the generator where it stands, its ``finally`` blocks included, and the loop; harmless a second time.

        Where it awaits something it is cancelled.

        :raises Exception: What a ``finally`` block raises.
        """
        self._closed = True
        loop, self._loop = self._loop, None
        if loop is None:
            return
        try:
            if self._reply is not None and not self._reply.done():
                self._task.cancel()
            # A generator that goes on after it was cancelled ends when it asks what is wanted next.
            self._wanted.put_nowait(False)
            loop.run_until_complete(asyncio.wait([self._task]))
            if not self._task.cancelled():
                self._task.result()
        finally:
            for task in asyncio.all_tasks(loop):
                task.cancel()
                loop.run_until_complete(asyncio.wait([task]))
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()

    async def _run(self) -> None:
        source = self._source.__aiter__()
        try:
            while await self._wanted.get():
                if not await self._answer(source):
                    return
        finally:
            close = getattr(source, "aclose", None)
            if close is not None:
                await close()

    async def _answer(self, source: Any) -> bool:
        """Give the next item to whoever waits for it; say whether more may follow."""
        reply = self._reply
        assert reply is not None  # noqa: S101 - for type checkers: it was made before it was wanted
        try:
            reply.set_result((await source.__anext__(),))
        except StopAsyncIteration:
            reply.set_result(())
        except asyncio.CancelledError:
            if self._closed:
                raise
            reply.set_exception(RuntimeError("The agent's task was cancelled."))
        except Exception as error:
            reply.set_exception(error)
        else:
            return True
        return False
