"""A loop as a notebook has one."""

import asyncio


def in_a_loop(scenario):
    """Run a scenario as a notebook runs a cell: inside a loop, whose silent errors become loud."""

    async def watched():
        loop, errors = asyncio.get_running_loop(), []
        loop.set_exception_handler(lambda _, context: errors.append(context))
        await scenario()
        await turns(3)
        assert not errors
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(watched())


async def turns(count):
    for _ in range(count):
        await asyncio.sleep(0)


async def until(condition):
    while not condition():
        await asyncio.sleep(0)
