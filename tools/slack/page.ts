/** A block of Block Kit, as our sink writes it. */
type Json = Readonly<Record<string, unknown>>;

export interface SlackMessage {
  readonly blocks: readonly Json[];
  readonly channel: string;
  /** As Slack shows it beside the name: `2:41 AM`. */
  readonly time: string;
  /** Faces of the page: each a CSS weight and the bytes of a TrueType font. */
  readonly fonts: readonly { readonly weight: number; readonly style: string; readonly bytes: Uint8Array }[];
}

/** A message as a page that looks like Slack: for pictures in the documentation, which no account is needed to make. */
export function slackPage({ blocks, channel, time, fonts }: SlackMessage): string {
  const faces = fonts.map(
    ({ weight, style, bytes }) =>
      `@font-face{font-family:Sans;font-weight:${weight};font-style:${style};src:url(data:font/ttf;base64,${Buffer.from(bytes).toString('base64')})}`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Slack</title>
<style>${faces.join('')}${STYLE}</style>
<main>
<header class="bar"><b># ${escapeHtml(channel)}</b></header>
<article>
<div class="face">${MARK}</div>
<div class="body">
<p class="by"><b>Trailproof</b><span class="app">APP</span><time>${escapeHtml(time)}</time></p>
${blocks.map(blockHtml).join('\n')}
</div></article></main></html>`;
}

function blockHtml(block: Json): string {
  switch (block['type']) {
    case 'header':
      return `<h1>${textHtml(block['text'])}</h1>`;
    case 'section':
      return sectionHtml(block);
    case 'rich_text':
      return `<div class="rich">${each(block['elements'], richHtml)}</div>`;
    case 'context':
      return `<p class="context">${each(block['elements'], (element) => `<span>${textHtml(element)}</span>`)}</p>`;
    case 'actions':
      return `<p class="actions">${each(block['elements'], buttonHtml)}</p>`;
    default:
      throw new Error(`expected a block that the page can draw, found ${String(block['type'])}`);
  }
}

function sectionHtml({ text, fields }: Json): string {
  const lead = text === undefined ? '' : `<p>${textHtml(text)}</p>`;
  const grid =
    fields === undefined
      ? ''
      : `<div class="fields">${each(fields, (field) => `<p>${textHtml(field)}</p>`)}</div>`;
  return lead + grid;
}

function richHtml(element: Json): string {
  const words = each(element['elements'], ({ text, style }) =>
    styled(escapeHtml(String(text)), (style ?? {}) as Json),
  );
  return element['type'] === 'rich_text_preformatted'
    ? `<pre>${words}</pre>`
    : `<p class="words">${words}</p>`;
}

function styled(html: string, { bold, italic }: Json): string {
  const leaning = italic === true ? `<i>${html}</i>` : html;
  return bold === true ? `<b>${leaning}</b>` : leaning;
}

function buttonHtml({ text, style, url }: Json): string {
  const kind = style === 'primary' ? 'primary' : 'plain';
  return `<span class="button ${kind}">${textHtml(text)}${url === undefined ? '' : ARROW}</span>`;
}

/** A text object: Slack writes its three control characters as entities, which are HTML's own. */
function textHtml(value: unknown): string {
  const text = String((value as Json)['text']);
  return escapeHtml(text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'));
}

function each(value: unknown, html: (item: Json) => string): string {
  return (value as readonly Json[]).map(html).join('');
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const ARROW =
  '<svg viewBox="0 0 12 12" width="11" height="11"><path d="M4.5 2.5h5v5M9 3 3 9" fill="none" stroke="currentColor" stroke-width="1.3"/></svg>';

/** A trail of three entries, each resting on the one before. */
const MARK = `<svg viewBox="0 0 36 36" width="36" height="36"><rect width="36" height="36" rx="6" fill="#12343b"/>
<path d="M10 25 18 18 26 11" stroke="#7fd1ae" stroke-width="2" fill="none"/>
<circle cx="10" cy="25" r="3.4" fill="#7fd1ae"/><circle cx="18" cy="18" r="3.4" fill="#7fd1ae"/><circle cx="26" cy="11" r="3.4" fill="#fff"/></svg>`;

const STYLE = `
*{box-sizing:border-box;margin:0}
body{background:#fff;width:784px;padding:12px;color:#1d1c1d;font:15px/22px Sans,sans-serif;-webkit-font-smoothing:antialiased}
main{width:760px;border:1px solid #dcdcdd;border-radius:8px;overflow:hidden}
.bar{padding:11px 20px;border-bottom:1px solid #dcdcdd;font-size:17px}
article{display:flex;gap:10px;padding:16px 20px 18px}
.face{flex:none;padding-top:3px}
.body{min-width:0;flex:1}
.body>*+*{margin-top:9px}
.by{display:flex;align-items:center;gap:6px;line-height:20px}
.app{background:#e8e8e9;color:#616061;border-radius:2px;font-size:10px;line-height:14px;padding:0 3px;font-weight:700}
time{color:#616061;font-size:12px}
h1{font-size:18px;line-height:25px;font-weight:700}
p,pre{white-space:pre-wrap;overflow-wrap:anywhere}
.fields{display:grid;grid-template-columns:1fr 1fr;gap:9px 20px;margin-top:9px}
.rich p+p,.rich pre{margin-top:4px}
.words{margin-bottom:-2px}
pre{background:#f8f8f8;border:1px solid #dedede;border-radius:4px;padding:8px;font:12px/18px 'DejaVu Sans Mono',monospace}
.rich pre+p{margin-top:8px}
.words i{color:#454447}
.context{color:#616061;font-size:13px;line-height:18px;display:flex;flex-wrap:wrap;column-gap:14px;row-gap:2px}
.actions{display:flex;flex-wrap:wrap;gap:8px;padding-top:3px}
.button{border:1px solid #bbbabb;border-radius:8px;padding:0 12px;height:30px;line-height:28px;font-size:13px;font-weight:700;display:inline-flex;align-items:center;gap:5px}
.primary{background:#007a5a;border-color:#007a5a;color:#fff}
`;
