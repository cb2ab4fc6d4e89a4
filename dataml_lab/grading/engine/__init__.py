"""The engine that runs and judges submissions: sandboxed processes, and the channel to what students wrote in them."""
