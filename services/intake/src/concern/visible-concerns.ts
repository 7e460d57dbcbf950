import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { decide, type Principal, staffRef } from '@waymark/access';
import { fold, type Instant } from '@waymark/event-sourcing';
import { Aggregates, type Call, type Done, done, groundOf, notFound, type Written } from '@waymark/service-kit';
import { concernAggregate } from './concern.aggregate.js';
import { ConcernMarks } from './concern-marks.js';
import { concernsOfClients } from './concerns-of-clients.js';
import type { ConcernCommand } from './domain/concern.commands.js';
import type { ConcernEvent } from './domain/concern.events.js';
import { reject } from './domain/concern.rejections.js';
import { clientOf, type Concern, type ConcernState } from './domain/concern.state.js';
import { emergencyAccessesInForce } from './domain/emergency-access.js';
import { ConcernChanged } from './features/concern-answers.js';
import { type ConcernAction, concernResource } from './visibility.js';

type OfficersCommand = Extract<ConcernCommand, { type: ConcernAction }>;

/** The concern, and what let the caller do this as the access log says it; with what for, when that is not what they state. */
export interface AllowedConcern {
  readonly concern: Concern;
  readonly ground: string;
  readonly purpose?: string;
}

export interface FoundConcern extends AllowedConcern {
  /** When each message was written, by its id. */
  readonly writtenAt: ReadonlyMap<string, Instant>;
}

/** The one door to concerns for whoever asks over HTTP: as the policies allow it; for all others a concern does not exist. */
@Injectable()
export class VisibleConcerns {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly marks: ConcernMarks,
    private readonly dataSource: DataSource,
  ) {}

  async find(principal: Principal, action: ConcernAction, concernId: string): Promise<FoundConcern> {
    const { concern, writtenAt } = await this.existing(concernId);
    const decision = decide(principal, action, await this.resource(concern, principal));
    // Who asks to read one that they have not taken learns no more than the queue shows.
    const reading = action === 'ReadConcern' || action === 'FindSameContact';
    const refuse = reading ? undefined : () => reject('concern_not_allocated_to_you');
    const ground = groundOf(decision, refuse);
    if (ground !== 'break_glass') return { concern, writtenAt, ground };
    const emergency = this.emergencyAccessOf(principal, concern);
    if (!emergency) throw notFound();
    return { concern, writtenAt, ground: `${ground}:${emergency.grantId}`, purpose: emergency.purpose };
  }

  /**
   * The concern by which the desk knows somebody who comes again. Whoever reads it under broken glass knows it, and is told that this
   * does not do; for all others who may not read it, it does not exist.
   */
  async findEarlier(principal: Principal, concernId: string): Promise<Concern> {
    const { concern } = await this.existing(concernId);
    const decision = decide(principal, 'NameAsEarlier', await this.resource(concern, principal));
    const refuse = () => reject('earlier_concern_under_glass', 'earlierConcernId');
    groundOf(decision, this.emergencyAccessOf(principal, concern) && refuse);
    return concern;
  }

  /** The concern of a line in a list, or nothing when the caller may not know of it. */
  async findIfKnown(principal: Principal, concernId: string): Promise<AllowedConcern | undefined> {
    const { state: concern } = await this.aggregates.load(concernAggregate, concernId);
    if (concern.status === 'none') return undefined;
    const decision = decide(principal, 'KnowConcern', await this.resource(concern, principal));
    return decision.outcome === 'allow' ? { concern, ground: decision.ground } : undefined;
  }

  /** Gives the concern to an officer, or hands it over from another. */
  async allocate(
    concernId: string,
    caller: Principal,
    call: Call,
    officerId: string,
    from?: string,
  ): Promise<Done<ConcernChanged>> {
    const { concern } = await this.existing(concernId);
    const resource = await this.resource(concern, caller, officerId);
    groundOf(decide(caller, 'AllocateConcern', resource, { to: staffRef(officerId) }), () =>
      refuseAllocation(call.actor, officerId, from),
    );
    return this.write(concernId, call, { type: 'AllocateConcern', officerId, ...(from === undefined ? {} : { from }) });
  }

  /** Runs an officer's command. */
  change(concernId: string, caller: Principal, call: Call, command: OfficersCommand): Promise<Done<ConcernChanged>> {
    return this.changeAsSeen(concernId, caller, call, command.type, () => command);
  }

  /** The same, for a command that says something of the concern as it is: made once the caller may run it. */
  async changeAsSeen<Action extends OfficersCommand['type']>(
    concernId: string,
    caller: Principal,
    call: Call,
    action: Action,
    commandFor: (
      concern: Concern,
    ) => Extract<OfficersCommand, { type: Action }> | Promise<Extract<OfficersCommand, { type: Action }>>,
  ): Promise<Done<ConcernChanged>> {
    const { concern } = await this.find(caller, action, concernId);
    return this.write(concernId, call, await commandFor(concern));
  }

  private async write(concernId: string, call: Call, command: ConcernCommand): Promise<Done<ConcernChanged>> {
    const written: Written<ConcernState, ConcernEvent> = await this.aggregates.change(
      concernAggregate,
      concernId,
      command,
      call,
    );
    return done(written, ConcernChanged.of(written));
  }

  private async resource(concern: Concern, caller: Principal, ...others: readonly string[]) {
    const people = [...(caller.kind === 'staff' ? [caller.id] : []), ...others];
    // Nobody but staff is shut out.
    const ofClient = caller.kind === 'staff' ? await concernsOfClients.of(this.dataSource, clientOf(concern)) : [];
    return concernResource(concern, { marks: this.marks, ofClient, now: this.aggregates.now(), people });
  }

  private emergencyAccessOf(principal: Principal, concern: Concern) {
    const inForce = emergencyAccessesInForce(concern, this.aggregates.now());
    return principal.kind === 'staff' ? inForce.find(({ staffId }) => staffId === principal.id) : undefined;
  }

  private async existing(concernId: string): Promise<Pick<FoundConcern, 'concern' | 'writtenAt'>> {
    const history = await this.aggregates.history(concernAggregate, concernId);
    const concern = fold(
      concernAggregate.decider,
      history.map(({ event }) => event),
    );
    if (concern.status === 'none') throw notFound();
    const written = history.flatMap(({ event, recorded }) =>
      'messageId' in event.data ? [[event.data.messageId, recorded.metadata.occurredAt] as const] : [],
    );
    return { concern, writtenAt: new Map(written) };
  }
}

/**
 * Only to whom it is theirs to give is the refusal about the officer. All others learn that it is not theirs, whoever the officer is:
 * no difference tells them that somebody is shut out.
 */
function refuseAllocation({ id, roles }: Call['actor'], officerId: string, from: string | undefined): never {
  if (officerId === id || roles.includes('supervisor')) return reject('officer_excluded');
  return reject(from === undefined ? 'only_supervisors_allocate' : 'only_supervisors_hand_over');
}
