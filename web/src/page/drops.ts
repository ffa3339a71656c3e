/** Files that are dragged over the page, and dropped on it. */

import type { ReactiveController, ReactiveControllerHost } from "lit";

import type { GivenFile } from "../engine/reckon";
import { droppedFiles } from "./given";

/** Hears what is dragged anywhere over the page while its host is on it. */
export class Drops implements ReactiveController {
  /** Something is being dragged over the page. */
  isOver = false;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly bring: (given: GivenFile[]) => void,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    addEventListener("dragover", this.#over);
    addEventListener("dragleave", this.#leave);
    addEventListener("drop", this.#drop);
  }

  hostDisconnected(): void {
    removeEventListener("dragover", this.#over);
    removeEventListener("dragleave", this.#leave);
    removeEventListener("drop", this.#drop);
  }

  #show(isOver: boolean): void {
    this.isOver = isOver;
    this.host.requestUpdate();
  }

  #over = (event: DragEvent): void => {
    if (event.dataTransfer?.types.includes("Files")) {
      event.preventDefault();
      this.#show(true);
    }
  };

  #leave = (event: DragEvent): void => {
    if (event.relatedTarget === null) {
      this.#show(false);
    }
  };

  #drop = (event: DragEvent): void => {
    this.#show(false);
    if (event.dataTransfer?.types.includes("Files")) {
      event.preventDefault();
      void droppedFiles(event.dataTransfer).then((given) => this.bring(given));
    }
  };
}
