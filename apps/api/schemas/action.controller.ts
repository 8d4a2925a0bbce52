import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import { Permit } from '../auth/permit.js';
import { ActionList } from './action.resource.js';

@ApiTags('schemas')
@Controller('api/v1/actions')
export class ActionController {
  @Permit('catalogue:read')
  @Get()
  @ApiOperation({ summary: 'The catalogue: every action that a `uses` step may name' })
  @ApiResponse({ status: 200, type: ActionList })
  list(): ActionList {
    return { items: [...ACTIONS.values()] };
  }
}
