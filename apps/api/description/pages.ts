/** What a page may load: its own, and nothing from elsewhere. Both set styles of their elements as they go. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export const PAGE_HEADERS = {
  'content-security-policy': POLICY,
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
} as const;

/** A file of the build, or a text of ours. */
interface Asset {
  readonly mediaType: string;
  readonly text?: string;
}

interface Page {
  readonly html: string;
  /** By name, below the address of the page. */
  readonly assets: Readonly<Record<string, Asset>>;
}

const SCRIPT = 'text/javascript; charset=utf-8';
const ICON = { 'favicon-32x32.png': { mediaType: 'image/png' } };

const SWAGGER_UI: Page = {
  html: page('docs', {
    head: '<link rel="stylesheet" href="docs/swagger-ui.css">',
    body: '<div id="description"></div>',
    scripts: ['swagger-ui-bundle.js', 'start.js'],
  }),
  assets: {
    ...ICON,
    'swagger-ui.css': { mediaType: 'text/css; charset=utf-8' },
    'swagger-ui-bundle.js': { mediaType: SCRIPT },
    'start.js': {
      mediaType: SCRIPT,
      text: "SwaggerUIBundle({ url: 'docs-json', dom_id: '#description', deepLinking: true, validatorUrl: null });\n",
    },
  },
};

const REDOC: Page = {
  html: page('redoc', {
    head: '<link rel="stylesheet" href="redoc/page.css">',
    body: '<div id="description"></div>',
    scripts: ['redoc.standalone.js', 'start.js'],
  }),
  assets: {
    ...ICON,
    'page.css': { mediaType: 'text/css; charset=utf-8', text: 'body { margin: 0; }\n' },
    'redoc.standalone.js': { mediaType: SCRIPT },
    // Its search would run in a worker that it makes of a text.
    'start.js': {
      mediaType: SCRIPT,
      text: "Redoc.init('docs-json', { disableSearch: true, hideDownloadButton: false }, document.getElementById('description'));\n",
    },
  },
};

export const PAGES = { docs: SWAGGER_UI, redoc: REDOC } as const;

/** Addresses are relative: the API may lie below another path of a proxy. */
function page(
  name: string,
  {
    head,
    body,
    scripts,
  }: { readonly head: string; readonly body: string; readonly scripts: readonly string[] },
): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<title>Sluice API</title>',
    `<link rel="icon" type="image/png" href="${name}/favicon-32x32.png">`,
    head,
    '</head>',
    '<body>',
    body,
    ...scripts.map((script) => `<script src="${name}/${script}"></script>`),
    '</body>',
    '</html>',
    '',
  ].join('\n');
}
