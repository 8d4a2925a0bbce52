/** Thrown by an action whose work goes on without it; whoever has the attempt's token tells of its end. */
export class HandedOver extends Error {
  constructor() {
    super('the work goes on elsewhere');
    this.name = 'HandedOver';
  }
}
