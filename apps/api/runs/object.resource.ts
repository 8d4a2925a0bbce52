import { ApiProperty } from '@nestjs/swagger';
import type { Page } from '#contracts/rest/page.js';
import type { ObjectView } from '#contracts/rest/runs.js';
import type { SortOrder } from '#persistence/listing/list-page.js';
import { OBJECT_SORTS, type ObjectSort } from '#persistence/repositories/object-list.js';
import { ListedResource, ListQuery, SortBy, TextFilter } from '../http/list-query.js';

export class ObjectListQuery extends ListQuery {
  @TextFilter('Key of the step that made it.', 300)
  step?: string;

  @SortBy(OBJECT_SORTS, 'createdAt')
  sort: SortOrder<ObjectSort> = 'createdAt';
}

class ObjectResource implements ObjectView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ description: 'Key of the step that made it.' }) step: string;
  @ApiProperty({ description: 'Bytes.' }) size: number;
  @ApiProperty() digest: string;
  @ApiProperty({ format: 'date-time' }) createdAt: string;
}

export class ObjectPage extends ListedResource implements Page<ObjectResource> {
  @ApiProperty({ type: [ObjectResource] }) items: ObjectResource[];
}
