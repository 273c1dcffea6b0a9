using Siar.Tool;

return await SiarCommand.RunAsync(args);
