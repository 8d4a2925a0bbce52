import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type INestApplication, Injectable } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { findProjectRoot } from '../../../libs/host/project-root.js';
import { describeApi } from './describe-api.js';

/** What the build has put beside the program. */
const PAGES = join(findProjectRoot(), 'dist/pages');

/** The description of this API, and what its pages are made of. */
@Injectable()
export class Description {
  private json = '';
  private readonly assets = new Map<string, Promise<Buffer>>();

  describe(app: INestApplication, uiUrl: string | undefined): OpenAPIObject {
    const document = describeApi(app, uiUrl);
    this.json = JSON.stringify(document);
    return document;
  }

  get text(): string {
    return this.json;
  }

  /** A file of the build by its name, kept once it was asked for. */
  readAsset(name: string): Promise<Buffer> {
    const known = this.assets.get(name) ?? readFile(join(PAGES, name));
    this.assets.set(name, known);
    known.catch(() => this.assets.delete(name));
    return known;
  }
}
