import { SelectField, TextField } from '../ui/field'
import type { Submission } from '../ui/submission'
import type { ModelDraft } from './model-draft'
import { StrengthsField } from './strengths-field'

interface ModelFieldsProps {
  readonly draft: ModelDraft
  readonly onChange: (draft: ModelDraft) => void
  readonly submission: Submission
  readonly isDisabled: boolean
}

/** As the API names them. */
export const MODEL_FIELDS = [
  'id',
  'name',
  'base_url',
  'dialect',
  'alias',
  'upstream_model',
  'api_key_env',
  'profile',
  'context_length',
  'max_concurrent',
  'max_queue',
  'price',
  'tags',
] as const

const DIALECTS = [
  ['openai', 'OpenAI'],
  ['anthropic', 'Anthropic'],
] as const

/** What a model is, apart from its limits. */
export function ModelFields({ draft, onChange, submission, isDisabled }: ModelFieldsProps) {
  const bind = (name: Exclude<keyof ModelDraft, 'capabilities'>, param: string = name) => ({
    value: draft[name],
    error: submission.errorOf(param),
    isDisabled,
    onInput: (value: string) => onChange({ ...draft, [name]: value }),
  })
  return (
    <>
      <div class="form-grid">
        <TextField label="Name" hint="For people." {...bind('name')} />
        <TextField
          label="Base URL"
          type="url"
          isRequired
          placeholder="http://10.0.0.7:8000/v1"
          hint="Up to and including the version of its API."
          {...bind('base_url')}
        />
        <SelectField
          label="Dialect"
          options={DIALECTS}
          value={draft.dialect as (typeof DIALECTS)[number][0]}
          error={submission.errorOf('dialect')}
          isDisabled={isDisabled}
          hint="The family of APIs it speaks."
          onChange={(dialect) => onChange({ ...draft, dialect })}
        />
        <TextField label="Public name" hint="Several models may share one." {...bind('alias')} />
        <TextField
          label="Name at the backend"
          hint="The id where it is left out."
          {...bind('upstream_model')}
        />
        <TextField
          label="Key variable"
          hint="An environment variable of server.api_key_envs; the key itself is never shown."
          {...bind('api_key_env')}
        />
        <TextField
          label="Context"
          type="number"
          min={1}
          hint="Tokens it can read."
          {...bind('context_length')}
        />
        {(['in', 'out'] as const).map((way) => (
          <TextField
            key={way}
            label={`Price ${way}`}
            type="number"
            min={0}
            step="any"
            hint={`US dollars for a million tokens it ${way === 'in' ? 'reads' : 'writes'}.`}
            {...bind(`price_${way}`, 'price')}
          />
        ))}
        <TextField label="Tags" hint="Words of your own, with commas between." {...bind('tags')} />
      </div>
      <StrengthsField
        value={draft.capabilities}
        isDisabled={isDisabled}
        onChange={(capabilities) => onChange({ ...draft, capabilities })}
      />
    </>
  )
}
