-- The trace to which the steps of a job belong, as the header traceparent of https://www.w3.org/TR/trace-context/ has it; null if
-- the process that accepted the job makes no traces.
alter table job add column trace text;
