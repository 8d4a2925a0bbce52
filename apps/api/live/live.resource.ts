import { ApiProperty } from '@nestjs/swagger';
import type { StreamTicketView } from '#contracts/rest/runs.js';

export class StreamTicketResource implements StreamTicketView {
  @ApiProperty({ description: 'Opens the stream of this run once, as `?ticket=`.' }) ticket: string;
  @ApiProperty({ format: 'date-time', description: 'By then it must be used.' }) expiresAt: string;
}
