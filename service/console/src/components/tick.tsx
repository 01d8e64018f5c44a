/* Something that holds or does not. */

import type { JSX } from "preact";

interface TickProps {
  text: string;
  isChosen: boolean;
  onChoose: (isOn: boolean) => void;
}

export function Tick({ text, isChosen, onChoose }: TickProps): JSX.Element {
  return (
    <label class="choice">
      <input type="checkbox" checked={isChosen} onChange={(event) => onChoose(event.currentTarget.checked)} />
      {text}
    </label>
  );
}

interface TicksProps {
  text: string;
  all: readonly string[];
  nameOf: (each: string) => string;
  chosen: readonly string[];
  onChoose: (chosen: readonly string[]) => void;
}

/** Any of several. */
export function Ticks({ text, all, nameOf, chosen, onChoose }: TicksProps): JSX.Element {
  return (
    <fieldset class="ticks">
      <legend>{text}</legend>
      {all.map((each) => (
        <Tick
          key={each}
          text={nameOf(each)}
          isChosen={chosen.includes(each)}
          onChoose={(isOn) => {
            const others = chosen.filter((other) => other !== each);
            onChoose(isOn ? [...others, each] : others);
          }}
        />
      ))}
    </fieldset>
  );
}
