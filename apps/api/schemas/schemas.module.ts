import { Module } from '@nestjs/common';
import { ActionController } from './action.controller.js';
import { SchemaController } from './schema.controller.js';

@Module({ controllers: [SchemaController, ActionController] })
export class SchemasModule {}
