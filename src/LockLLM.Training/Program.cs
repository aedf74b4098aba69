using LockLLM.Training;

return await CommandLine.Create().Parse(args).InvokeAsync();
