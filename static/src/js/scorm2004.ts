// The API of SCORM 2004 for a package in its frame. There is no sequencing: the lesson
// lists the parts.
import * as scorm from 'scorm-again/scorm2004';
import { given, keep, later, pretend, stand, tell } from './packageframe';

type Kept = Record<string, unknown>;

// The types of the package name a default export that its modules do not have.
const Runtime = (scorm as unknown as { Scorm2004API: typeof scorm.default }).Scorm2004API;

pretend();
const start = given();
if (start) {
  const api = new Runtime({ autocommit: false, lmsCommitUrl: false, logLevel: 5, mastery_override: false, selfReportSessionTime: false });
  const kept = start.kept as Kept | undefined;
  const cmi: Record<string, unknown> = { learner_id: 'learner', learner_name: '', mode: 'normal', credit: 'credit', entry: kept ? 'resume' : 'ab-initio', ...(kept || {}) };
  api.loadFromJSON({ cmi } as never, '');

  const number = (value: unknown): number => parseFloat(String(value));
  const say = (): void => {
    const now = (api.renderCMIToJSONObject() as { cmi: Record<string, unknown> }).cmi as {
      completion_status: string; success_status: string; location: string; suspend_data: string; objectives?: unknown; progress_measure?: unknown;
      score: { scaled: unknown; raw: unknown; min: unknown; max: unknown };
    };
    let score = number(now.score.scaled);
    if (!isFinite(score)) {
      const min = number(now.score.min) || 0;
      const max = number(now.score.max) || 100;
      score = max > min ? (number(now.score.raw) - min) / (max - min) : NaN;
    }
    const held: Kept = {
      completion_status: now.completion_status, success_status: now.success_status, location: now.location, suspend_data: now.suspend_data,
      score: now.score, objectives: now.objectives, progress_measure: now.progress_measure, total_time: api.cmi.getCurrentTotalTime(),
    };
    keep(start.part, start.lang, held);
    tell({
      part: start.part, done: now.completion_status === 'completed' || now.success_status === 'passed' || now.success_status === 'failed',
      score: isFinite(score) ? Math.min(1, Math.max(0, score)) : null, kept: held,
    });
  };
  const soon = later(say, 1500);
  const call = <F extends (...args: never[]) => string>(f: F, then: () => void) => ((...args: never[]) => {
    const answer = f.apply(api, args);
    then();
    return answer;
  }) as F;
  api.SetValue = call(api.SetValue as never, soon) as never;
  api.Commit = call(api.Commit as never, say) as never;
  api.Terminate = call(api.Terminate as never, say) as never;
  stand({ API_1484_11: api });
}
