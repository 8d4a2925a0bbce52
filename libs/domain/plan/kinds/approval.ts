import { type CompileStep, compileDuration, compileTemplate } from '../compile-step.js';

export const compileApproval: CompileStep<'approval'> = ({ approval }) => ({
  by: compileTemplate(approval.by),
  quorum: approval.quorum,
  ...(approval.expires === undefined ? {} : { expiresMs: compileDuration(approval.expires) }),
  onExpiry: approval.onExpiry,
  onReject: approval.onReject,
  selfApproval: approval.selfApproval,
  ...(approval.message === undefined ? {} : { message: compileTemplate(approval.message) }),
  ...(approval.remind === undefined ? {} : { remindMs: compileDuration(approval.remind) }),
  ...(approval.escalate === undefined
    ? {}
    : {
        escalate: {
          afterMs: compileDuration(approval.escalate.after),
          to: compileTemplate(approval.escalate.to),
        },
      }),
  ...(approval.inputs === undefined ? {} : { inputs: approval.inputs }),
});
