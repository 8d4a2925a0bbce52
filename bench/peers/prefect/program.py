"""Does jobs by Prefect, as serve.ts says: batches come as lines of JSON, answers go to the fourth stream."""

import asyncio
import json
import os
import sys
import time

from prefect import flow, task

JOBS = json.loads(os.environ["PEER_JOBS"])


@task
async def step(name: str) -> str:
    return name


@flow
async def run_job(job: str) -> list[str]:
    done: list[str] = []
    for level in JOBS[job]:
        done.extend(await asyncio.gather(*(step(name) for name in level)))
    return done


async def run_batch(batch: dict) -> dict:
    """Runs a job so many times, so many at once; begins none after the limit."""
    expected = [name for level in JOBS[batch["job"]] for name in level]
    latencies: list[float] = []
    began = time.perf_counter()
    begun = 0

    async def lane() -> None:
        nonlocal begun
        while begun < batch["runs"] and (time.perf_counter() - began) * 1000 < batch["limitMs"]:
            begun += 1
            start = time.perf_counter()
            answer = await run_job(batch["job"])
            latencies.append((time.perf_counter() - start) * 1000)
            if answer != expected:
                raise ValueError(f"a run of {batch['job']} answered {str(answer)[:200]}")

    await asyncio.gather(*(lane() for _ in range(batch["atOnce"])))
    return {"latencies": latencies, "ms": (time.perf_counter() - began) * 1000}


async def main() -> None:
    with os.fdopen(3, "w") as output:

        def say(answer: dict) -> None:
            output.write(json.dumps(answer) + "\n")
            output.flush()

        say({"versions": {"python": sys.version.split()[0]}})
        while line := await asyncio.to_thread(sys.stdin.readline):
            try:
                say(await run_batch(json.loads(line)))
            except Exception as error:  # whatever it is, it is told
                say({"error": f"{type(error).__name__}: {error}"[:2000]})


asyncio.run(main())
