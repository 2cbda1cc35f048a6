/** What all elements look alike in: buttons, focus, and text that only screen readers are told. */

import { css } from 'lit';

export const shared = css`
  :host {
    box-sizing: border-box;
  }
  :host([hidden]) {
    display: none;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  h1,
  h2,
  p {
    margin: 0;
  }
  button,
  input,
  select {
    font: inherit;
    color: inherit;
    letter-spacing: inherit;
  }
  button {
    border: 0;
    padding: 0;
    background: none;
    cursor: pointer;
    touch-action: manipulation;
    user-select: none;
    -webkit-user-select: none;
    -webkit-touch-callout: none;
  }
  button:disabled {
    cursor: default;
    opacity: 0.5;
  }
  :focus {
    outline: none;
  }
  :focus-visible {
    outline: 3px solid var(--teal);
    outline-offset: 2px;
  }
  .pill {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 10px;
    min-height: var(--touch);
    padding: 8px 22px;
    border-radius: calc(var(--touch) / 2);
    background: var(--inset);
    font-weight: 600;
    font-size: var(--text-second);
    transition: background-color var(--quick) ease-out;
  }
  .pill.main {
    background: var(--teal);
    color: var(--on-accent);
  }
  .pill.danger {
    color: var(--red);
  }
  .round {
    display: inline-grid;
    place-items: center;
    width: var(--touch);
    height: var(--touch);
    border-radius: 50%;
    color: var(--dim-ink);
    flex: none;
  }
  @media (hover: hover) {
    .round:hover {
      background: var(--inset);
      color: var(--ink);
    }
  }
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation: none !important;
      transition: none !important;
    }
  }
`;
