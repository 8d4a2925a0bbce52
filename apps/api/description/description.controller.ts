import { Controller, Get, Header, Inject, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../auth/permit.js';
import type { ApiReply } from '../http/exchange.js';
import { problemError } from '../http/problem.js';
import { Description } from './description.js';
import { PAGE_HEADERS, PAGES } from './pages.js';

/** The description as JSON, and two pages that show it, which need nothing from elsewhere. */
@ApiExcludeController()
@Controller()
export class DescriptionController {
  constructor(@Inject(Description) private readonly description: Description) {}

  @Public()
  @Get('docs-json')
  @Header('content-type', 'application/json; charset=utf-8')
  @Header('cache-control', 'no-cache')
  json(): string {
    return this.description.text;
  }

  @Public()
  @Get('docs')
  docs(@Res() reply: ApiReply): void {
    sendPage('docs', reply);
  }

  @Public()
  @Get('redoc')
  redoc(@Res() reply: ApiReply): void {
    sendPage('redoc', reply);
  }

  @Public()
  @Get('docs/:file')
  async docsFile(@Param('file') file: string, @Res() reply: ApiReply): Promise<void> {
    await this.sendAsset('docs', file, reply);
  }

  @Public()
  @Get('redoc/:file')
  async redocFile(@Param('file') file: string, @Res() reply: ApiReply): Promise<void> {
    await this.sendAsset('redoc', file, reply);
  }

  private async sendAsset(page: keyof typeof PAGES, file: string, reply: ApiReply): Promise<void> {
    const { assets } = PAGES[page];
    const asset = Object.hasOwn(assets, file) ? assets[file] : undefined;
    if (asset === undefined) throw problemError('route-not-found', 'There is nothing at this address.');
    const content = asset.text ?? (await this.description.readAsset(file));
    reply
      .header('cache-control', 'public, max-age=3600')
      .header('content-type', asset.mediaType)
      .send(content);
  }
}

function sendPage(page: keyof typeof PAGES, reply: ApiReply): void {
  for (const [name, value] of Object.entries(PAGE_HEADERS)) reply.header(name, value);
  reply.header('content-type', 'text/html; charset=utf-8').send(PAGES[page].html);
}
