import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Permit, Public } from './permit.js';
import { requireAccess } from './require-access.js';

@Permit('runs:read')
@Controller('whole')
class WholeController {
  @Get() list(): void {}
}

@Controller('each')
class EachController {
  @Public()
  @Get()
  list(): void {}

  @Permit('runs:start')
  @Post()
  start(): void {}

  notARoute(): void {}
}

@Controller('planted')
class PlantedController {
  @Permit('runs:read')
  @Get()
  list(): void {}

  @Get('silent') silent(): void {}
}

async function start(controllers: (new () => object)[]) {
  @Module({ controllers })
  class TestModule {}
  const app = await NestFactory.create(TestModule, new FastifyAdapter(), {
    logger: false,
    abortOnError: false,
  });
  try {
    requireAccess(app);
  } finally {
    await app.close();
  }
}

describe('requireAccess', () => {
  it('lets start what declares all', async () => {
    await expect(start([WholeController, EachController])).resolves.toBeUndefined();
  });

  it('lets nothing start where a route is silent, and names it', async () => {
    await expect(start([WholeController, PlantedController])).rejects.toMatchObject({
      code: 'access-undeclared',
      message: 'These routes declare no permission: PlantedController.silent.',
    });
  });
});
