/** How a model comes to the page: what is opened, how far that is, and what a visitor is asked on the way. */

import type { ReactiveController, ReactiveControllerHost } from "lit";

import { type KeptModel, type LoadOptions, type Prospect, Reckon, ReckonError } from "../engine/reckon";
import { brought, type Choice, hubPage, ofKept, type Wishes, withToken } from "./address";
import { besideTheApp } from "./beside";
import type { Conversation } from "./conversation";
import type { Entered } from "./doorway";
import { isAsked } from "./plan_view";
import { sentence } from "./sentence";
import type { Stage } from "./stage";
import { keptToken } from "./tokens";

/** Who has to do with a model. */
export interface Hosts {
  /** It is there; tells the conversation that goes on with it. */
  readonly welcome: (model: Reckon, choice: Choice) => Conversation;
  /** It goes. */
  readonly farewell: () => void;
}

/** Opens one model at a time for the page. */
export class Opening implements ReactiveController {
  model: Reckon | undefined;
  choice: Choice | undefined;
  #stage: Stage = { is: "looking" };
  /** The model beside the app, once it has been looked for. */
  #beside: Choice | undefined;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly wishes: Wishes,
    private readonly hosts: Hosts,
  ) {
    host.addController(this);
  }

  get stage(): Stage {
    return this.#stage;
  }

  set stage(stage: Stage) {
    this.#stage = stage;
    this.host.requestUpdate();
  }

  hostConnected(): void {
    void this.#begin();
  }

  hostDisconnected(): void {
    this.model?.dispose();
  }

  async #begin(): Promise<void> {
    // The engine comes while the page still looks for what to open.
    Reckon.prepare();
    const choice = this.wishes.choice ?? (this.#beside = await besideTheApp(new URL(location.href)));
    if (choice) {
      await this.open(choice);
    } else {
      this.leave();
    }
  }

  /** Loads a model in place of the one that is there. */
  async open(choice: Choice, options: LoadOptions = this.wishes.load): Promise<void> {
    if ("stop" in this.stage) {
      this.stage.stop.abort();
    }
    this.hosts.farewell();
    this.model?.dispose();
    this.model = undefined;
    this.choice = choice;
    const stop = new AbortController();
    this.stage = { is: "loading", stop };
    const isCurrent = () => "stop" in this.stage && this.stage.stop === stop;
    try {
      const model = await Reckon.load(choice.source, {
        ...options,
        ...choice.load,
        signal: stop.signal,
        onPlan: (plan) => isCurrent() && this.#plan(choice, plan, stop),
        onProgress: (progress) => {
          if (isCurrent() && this.stage.is === "loading") {
            this.stage = { ...this.stage, progress };
          }
        },
      });
      if (!isCurrent()) {
        model.dispose();
        return;
      }
      this.model = model;
      this.stage = { is: "ready", conversation: this.hosts.welcome(model, choice) };
      // What is kept is not to go when room gets scarce; a browser may ask, or say no.
      if (options.keep && !("files" in choice.source)) {
        void navigator.storage?.persist?.().catch(() => false);
      }
    } catch (error) {
      if (isCurrent()) {
        this.#fail(choice, error);
      }
    }
  }

  /** Loads the last model anew. */
  again(): void {
    void (this.choice ? this.open(this.choice) : this.#begin());
  }

  /** Goes on with a token for the hub. */
  admit(token: string): void {
    if (this.choice) {
      void this.open(withToken(this.choice, token));
    }
  }

  /** Takes a model that is kept on this device. */
  take(kept: KeptModel): void {
    const { dtype: _, ...load } = this.wishes.load;
    const choice = ofKept(kept);
    const isBeside = JSON.stringify(this.#beside?.source) === JSON.stringify(choice.source);
    void this.open((isBeside && this.#beside) || choice, kept.dtype ? { ...load, dtype: kept.dtype } : load);
  }

  /** Takes what a visitor typed, picked or dropped. */
  bring(given: Entered["given"]): void {
    try {
      const choice = brought(given, new URL(location.href));
      void (choice && this.open(choice));
    } catch {
      this.leave(`“${given}” is no address`);
    }
  }

  /** Shows a conversation, where there is a model to go on with it. */
  show(conversation: Conversation): void {
    if (this.model) {
      this.stage = { is: "ready", conversation };
    }
  }

  /** Goes to where models come in. */
  leave(fault?: string): void {
    this.stage = { is: "doorway", fault };
  }

  /** Whether the load goes on; a visitor is asked where it takes much. */
  async #plan(choice: Choice, plan: Prospect, stop: AbortController): Promise<boolean> {
    if (isAsked(choice.source, plan)) {
      const goes = await new Promise<boolean>((decide) => (this.stage = { is: "asking", stop, plan, decide }));
      if (!goes) {
        this.leave();
        return false;
      }
    }
    this.stage = { is: "loading", stop, plan };
    return true;
  }

  /** A repository that is gated is tried with the token that was kept, if there is one; then a visitor is asked. */
  #fail(choice: Choice, error: unknown): void {
    const { source } = choice;
    if (!(error instanceof ReckonError && error.code === "gated" && "hub" in source)) {
      this.leave(sentence(error));
      return;
    }
    const repo = hubPage(source.hub);
    const kept = keptToken(repo.origin);
    if (source.hub.token === undefined && kept !== undefined) {
      void this.open(withToken(choice, kept));
    } else {
      this.stage = { is: "gate", repo, hasToken: source.hub.token !== undefined };
    }
  }
}
