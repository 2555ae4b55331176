"""An async generator read from a thread that has no event loop, as WSGI servers have it.

Owns :class:`Driven` alone. Imports nothing of the package; used by ``web`` to stream what async views yield.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Iterator
from typing import Any


class Driven(Iterator[Any]):
    """The items of an async iterable, each computed when it is asked for.

    All of the iterable runs in one task of an event loop of its own, which stands still between two items: a timeout
    or a cancel scope may span them, and context variables are those of the first :func:`next`.

    :param source: What an async generator function returns, or any async iterable.

    .. versionadded:: 0.1
    """

    def __init__(self, source: AsyncIterable[Any]) -> None:
        self._source = source
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wanted: asyncio.Queue[bool] = asyncio.Queue()
        self._closed = False

    def __next__(self) -> Any:
        """Run the loop until there is an item."""
        if self._closed:
            raise StopIteration
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._task = self._loop.create_task(self._run())
        self._reply: asyncio.Future[tuple[Any, ...]] = self._loop.create_future()
        self._wanted.put_nowait(True)
        try:
            found = self._loop.run_until_complete(self._reply)
        except BaseException:
            self.close()
            raise
        if not found:
            self.close()
            raise StopIteration
        return found[0]

    def close(self) -> None:
        """End the generator where it stands, its ``finally`` blocks included, and the loop; harmless a second time.

        :raises Exception: What a ``finally`` block raises.
        """
        self._closed = True
        loop, self._loop = self._loop, None
        if loop is None:
            return
        try:
            self._wanted.put_nowait(False)
            loop.run_until_complete(self._task)
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
                try:
                    self._reply.set_result((await source.__anext__(),))
                except StopAsyncIteration:
                    self._reply.set_result(())
                    return
                except asyncio.CancelledError:
                    self._reply.set_exception(RuntimeError("The agent's task was cancelled."))
                    return
                except Exception as error:
                    self._reply.set_exception(error)
                    return
        finally:
            close = getattr(source, "aclose", None)
            if close is not None:
                await close()
