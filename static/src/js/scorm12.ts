// The API of SCORM 1.2 for a package in its frame.
import * as scorm from 'scorm-again/scorm12';
import { given, keep, later, pretend, stand, tell } from './packageframe';

type Kept = { core: Record<string, unknown>; suspend: string; objectives?: unknown };

// The types of the package name a default export that its modules do not have.
const Runtime = (scorm as unknown as { Scorm12API: typeof scorm.default }).Scorm12API;

pretend();
const start = given();
if (start) {
  const api = new Runtime({ autocommit: false, lmsCommitUrl: false, logLevel: 5, mastery_override: false, selfReportSessionTime: false });
  const kept = start.kept as Kept | undefined;
  const core: Record<string, unknown> = { student_id: 'learner', student_name: '', lesson_mode: 'normal', credit: 'credit', entry: kept ? 'resume' : 'ab-initio' };
  if (kept && kept.core) Object.assign(core, kept.core);
  api.loadFromJSON({ cmi: { core, suspend_data: kept ? kept.suspend || '' : '', objectives: kept && kept.objectives ? kept.objectives : {} } } as never, '');

  const say = (): void => {
    const cmi = (api.renderCMIToJSONObject() as { cmi: Record<string, unknown> }).cmi as {
      core: { lesson_status: string; lesson_location: string; exit: string; score: { raw: unknown; min: unknown; max: unknown }; total_time?: unknown };
      suspend_data: string; objectives?: unknown;
    };
    const c = cmi.core;
    const raw = parseFloat(String(c.score.raw));
    const min = parseFloat(String(c.score.min)) || 0;
    const max = parseFloat(String(c.score.max)) || 100;
    const score = isFinite(raw) && max > min ? Math.min(1, Math.max(0, (raw - min) / (max - min))) : null;
    const held: Kept = {
      core: { lesson_status: c.lesson_status, lesson_location: c.lesson_location, exit: '', score: { raw: c.score.raw, min: c.score.min, max: c.score.max }, total_time: api.cmi.getCurrentTotalTime() },
      suspend: cmi.suspend_data, objectives: cmi.objectives,
    };
    keep(start.part, start.lang, held);
    tell({ part: start.part, done: ['passed', 'completed', 'failed'].includes(c.lesson_status), score, kept: held });
  };
  const soon = later(say, 1500);
  const call = <F extends (...args: never[]) => string>(f: F, then: () => void) => ((...args: never[]) => {
    const answer = f.apply(api, args);
    then();
    return answer;
  }) as F;
  api.LMSSetValue = call(api.LMSSetValue as never, soon) as never;
  api.LMSCommit = call(api.LMSCommit as never, say) as never;
  api.LMSFinish = call(api.LMSFinish as never, say) as never;
  stand({ API: api });
}
