import { ApiProperty } from '@nestjs/swagger';
import type { ActionView } from '#contracts/rest/actions.js';
import type { JsonObject } from '#domain/json.js';

const SCHEMA = { type: 'object', additionalProperties: true } as const;

class ActionResource implements ActionView {
  @ApiProperty({ example: 'command/run' }) name: string;
  @ApiProperty() title: string;
  @ApiProperty() description: string;
  @ApiProperty({ description: 'On which its attempts are made.' }) queue: string;
  @ApiProperty({ description: "Whether it works in the run's workspace." }) workspace: boolean;
  @ApiProperty({
    enum: ['always', 'never', 'on-request'],
    description: 'Whether a lost workspace is made anew by doing this again.',
  })
  fillsWorkspace: ActionView['fillsWorkspace'];
  @ApiProperty({ description: 'Over within seconds by nature.' }) quick: boolean;
  @ApiProperty({ description: 'Runs in the worker that interprets the plan.' }) inline: boolean;
  @ApiProperty({ description: 'Whether a step may hand it `secrets`.' }) takesSecrets: boolean;
  @ApiProperty({ ...SCHEMA, description: 'JSON Schema (2020-12) of `with`.' }) input: JsonObject;
  @ApiProperty({ ...SCHEMA, description: 'JSON Schema (2020-12) of the output.' }) output: JsonObject;
}

export class ActionList {
  @ApiProperty({ type: [ActionResource] }) items: readonly ActionResource[];
}
