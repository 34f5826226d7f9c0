/** So much sharper than on the screen is a picture in points. */
const pictureScale = 2;

/**
 * Saves a drawn chart as a file that stands by itself: the page's colours and letters are written into it.
 * @param name of the file, without its ending
 */
export async function saveChart(
  svg: SVGSVGElement,
  { name, format }: { name: string; format: 'svg' | 'png' },
): Promise<void> {
  const { width, height } = svg.getBoundingClientRect();
  const source = new Blob([standalone(svg, width, height)], { type: 'image/svg+xml' });
  if (format === 'svg') saveBlob(`${name}.svg`, source);
  else saveBlob(`${name}.png`, await drawPicture(source, width, height));
}

/** Saves a text as a file. `name` with its ending; `type` is a media type. */
export function saveText(name: string, text: string, type: string): void {
  saveBlob(name, new Blob([text], { type: `${type};charset=utf-8` }));
}

function saveBlob(name: string, blob: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** What of a mark's look the page's styles decide. */
const looks = ['fill', 'stroke', 'color', 'font-family', 'font-size', 'font-weight', 'font-variant-numeric'] as const;

function standalone(svg: SVGSVGElement, width: number, height: number): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const marks = [svg, ...svg.querySelectorAll('*')];
  const copies = [copy, ...copy.querySelectorAll('*')];
  for (const [at, mark] of marks.entries()) {
    const style = getComputedStyle(mark);
    const target = copies[at];
    target?.removeAttribute('class');
    target?.removeAttribute('style');
    for (const look of looks) target?.setAttribute(look, style.getPropertyValue(look));
  }
  for (const link of copy.querySelectorAll('a')) link.replaceWith(...link.childNodes);
  for (const hint of copy.querySelectorAll('[aria-label="tip"]')) hint.remove();
  const paper = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  paper.setAttribute('width', '100%');
  paper.setAttribute('height', '100%');
  paper.setAttribute('fill', colorOf(svg, 'var(--plot-background)'));
  copy.prepend(paper);
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  return new XMLSerializer().serializeToString(copy);
}

/** What a colour of the page's comes to where this is drawn. */
function colorOf(svg: SVGSVGElement, color: string): string {
  const probe = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  probe.style.fill = color;
  svg.append(probe);
  try {
    return getComputedStyle(probe).fill;
  } finally {
    probe.remove();
  }
}

async function drawPicture(source: Blob, width: number, height: number): Promise<Blob> {
  const image = new Image();
  const address = URL.createObjectURL(source);
  try {
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(width * pictureScale);
    canvas.height = Math.round(height * pictureScale);
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const picture = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (!picture) throw new Error('The browser could not draw the picture.');
    return picture;
  } finally {
    URL.revokeObjectURL(address);
  }
}
