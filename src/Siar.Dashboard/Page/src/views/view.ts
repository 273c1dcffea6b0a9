/** One of the page's views. */
export interface View {
  readonly element: HTMLElement;

  /** Draws anew, in other colours. */
  repaint?(): void;

  /** Ends what the view has open. */
  destroy(): void;
}
