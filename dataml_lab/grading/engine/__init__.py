"""The engine that runs and judges submissions: sandboxed processes, in which workers run what students wrote (see
`runtime.worker`), and the judge's end of the channel to them."""
