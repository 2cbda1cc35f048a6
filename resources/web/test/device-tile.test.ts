// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import '../src/device-tile';
import type { Device } from '../src/wire';
import { lamp } from './homes';

const heard: { asked: unknown[]; opened: unknown[] } = { asked: [], opened: [] };

beforeEach(() => {
  vi.useFakeTimers();
  heard.asked = [];
  heard.opened = [];
  document.body.addEventListener('ask', (event) => heard.asked.push((event as CustomEvent).detail));
  document.body.addEventListener('open', (event) => heard.opened.push((event as CustomEvent).detail));
});

afterEach(() => {
  vi.useRealTimers();
  document.body.replaceWith(document.createElement('body'));
});

async function show(device: Device): Promise<ShadowRoot> {
  const tile = document.createElement('device-tile');
  tile.device = device;
  document.body.append(tile);
  await tile.updateComplete;
  Object.defineProperty(tile, 'clientWidth', { value: 200 });
  return tile.shadowRoot as ShadowRoot;
}

function part(root: ShadowRoot, id: string): HTMLElement {
  return root.querySelector(`[data-testid=${id}]`) as HTMLElement;
}

function point(element: HTMLElement, type: string, x = 0, y = 0): void {
  element.setPointerCapture = () => undefined;
  element.dispatchEvent(new PointerEvent(type, { clientX: x, clientY: y, bubbles: true }));
}

function click(element: HTMLElement, detail = 1): void {
  element.dispatchEvent(new MouseEvent('click', { detail, bubbles: true }));
}

const TURN_ON = { device: 'lamp', capability: 'light', command: { do: 'turn', on: true } };

describe('a touch', () => {
  test('asks for the one thing that the tile does', async () => {
    const root = await show(lamp());

    click(part(root, 'tile-touch'));

    expect(heard).toEqual({ asked: [TURN_ON], opened: [] });
  });

  test('opens the sheet where the tile does nothing', async () => {
    const root = await show(lamp('lamp', { tile: { icon: 'thermometer', number: '22.5°' } }));

    click(part(root, 'tile-touch'));

    expect(heard).toEqual({ asked: [], opened: ['lamp'] });
  });

  test('that lasts opens the sheet, and its end does nothing more', async () => {
    const root = await show(lamp());
    const touch = part(root, 'tile-touch');

    point(touch, 'pointerdown');
    vi.advanceTimersByTime(600);
    point(touch, 'pointerup');
    click(touch);

    expect(heard).toEqual({ asked: [], opened: ['lamp'] });
  });

  test('that becomes a scroll does nothing', async () => {
    const root = await show(lamp());
    const touch = part(root, 'tile-touch');

    point(touch, 'pointerdown');
    point(touch, 'pointermove', 2, 40);
    vi.advanceTimersByTime(2000);
    point(touch, 'pointercancel');

    expect(heard).toEqual({ asked: [], opened: [] });
  });

  test('of the right button or the menu key opens the sheet', async () => {
    const root = await show(lamp());

    const menu = new MouseEvent('contextmenu', { bubbles: true, cancelable: true });
    part(root, 'tile-touch').dispatchEvent(menu);

    expect(heard.opened).toEqual(['lamp']);
    expect(menu.defaultPrevented).toBe(true);
  });

  test('on the button for more opens the sheet', async () => {
    const root = await show(lamp());

    click(part(root, 'tile-more'));

    expect(heard.opened).toEqual(['lamp']);
  });
});

describe('a tile that has to be held', () => {
  const UNLOCK = { do: 'operate_lock', turn: 'unlock' };
  const lock = () =>
    lamp('lock', { tile: { icon: 'lock', touch: { capability: 'light', command: UNLOCK, hold: true } } });

  test('asks after a second', async () => {
    const touch = part(await show(lock()), 'tile-touch');

    point(touch, 'pointerdown');
    vi.advanceTimersByTime(999);
    expect(heard.asked).toEqual([]);
    vi.advanceTimersByTime(1);

    expect(heard.asked).toEqual([{ device: 'lock', capability: 'light', command: UNLOCK }]);
    expect(heard.opened).toEqual([]);
  });

  test('opens its sheet when it is let go before, or pressed by key', async () => {
    const touch = part(await show(lock()), 'tile-touch');

    point(touch, 'pointerdown');
    vi.advanceTimersByTime(300);
    point(touch, 'pointerup');
    click(touch);
    click(touch, 0);

    expect(heard).toEqual({ asked: [], opened: ['lock', 'lock'] });
  });
});

describe('a drag', () => {
  test('sets the level where it ends, starting from where the level is', async () => {
    const touch = part(await show(lamp('lamp', { tile: { icon: 'x', slide: 'light', level: 20 } })), 'tile-touch');

    point(touch, 'pointerdown', 50);
    point(touch, 'pointermove', 110);
    point(touch, 'pointerup', 110);
    click(touch);

    expect(heard.asked).toEqual([
      { device: 'lamp', capability: 'light', command: { do: 'set_light', brightness_pct: 50 } },
    ]);
    expect(heard.opened).toEqual([]);
  });

  test('stays between nothing and all', async () => {
    const touch = part(await show(lamp()), 'tile-touch');

    point(touch, 'pointerdown', 0);
    point(touch, 'pointermove', 900);
    point(touch, 'pointerup', 900);

    expect(heard.asked).toMatchObject([{ command: { brightness_pct: 100 } }]);
  });

  test('that is taken away by the system sets nothing', async () => {
    const touch = part(await show(lamp()), 'tile-touch');

    point(touch, 'pointerdown', 0);
    point(touch, 'pointermove', 90);
    point(touch, 'pointercancel', 90);

    expect(heard.asked).toEqual([]);
  });
});

describe('what is shown', () => {
  test('names and words go in as text', async () => {
    const evil = '<img src=x onerror=alert(1)>';

    const root = await show(lamp('lamp', { name: evil, tile: { icon: 'power', words: [['%1', evil]] } }));

    expect(part(root, 'tile-name').textContent).toBe(evil);
    expect(part(root, 'tile-words').textContent).toBe(evil);
    expect(root.querySelector('img')).toBeNull();
  });

  test('a toggle says whether it is pressed, a button that only opens does not', async () => {
    const lit = await show(lamp('lamp', { tile: { ...lamp().tile, on: true } }));
    const sensor = await show(lamp('sensor', { tile: { icon: 'sun' } }));

    expect(part(lit, 'tile-touch').getAttribute('aria-pressed')).toBe('true');
    expect(part(sensor, 'tile-touch').hasAttribute('aria-pressed')).toBe(false);
  });

  test('several switches are buttons of their own', async () => {
    const button = (on: boolean, name: string) => ({
      capability: name,
      name,
      on,
      touch: { capability: name, command: { do: 'turn', on: !on } },
    });
    const root = await show(
      lamp('strip', { name: 'Strip', tile: { icon: 'power', buttons: [button(true, 'left'), button(false, 'right')] } }),
    );
    const [left, right] = [...root.querySelectorAll<HTMLElement>('[data-testid=tile-button]')];

    click(right as HTMLElement);

    expect(left?.getAttribute('aria-pressed')).toBe('true');
    expect(right?.getAttribute('aria-label')).toBe('Strip, right');
    expect(heard.asked).toEqual([{ device: 'strip', capability: 'right', command: { do: 'turn', on: true } }]);
  });

  test('what is asked shows as pending', async () => {
    const root = await show(lamp());
    const tile = root.host as HTMLElementTagNameMap['device-tile'];
    expect(part(root, 'tile-pending').hidden).toBe(true);

    tile.asked = true;
    await tile.updateComplete;

    expect(part(root, 'tile-pending').hidden).toBe(false);
  });

  test('a stale tile has no fill', async () => {
    const root = await show(lamp('lamp', { tile: { ...lamp().tile, on: true, level: 70 } }));
    const tile = root.host as HTMLElementTagNameMap['device-tile'];

    tile.stale = true;
    await tile.updateComplete;

    expect(tile.hasAttribute('data-stale')).toBe(true);
    expect((root.querySelector('.fill') as HTMLElement).hidden).toBe(true);
  });
});
