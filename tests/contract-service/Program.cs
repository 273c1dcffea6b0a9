using Siar.ContractService;

// The service through which an outside harness drives the client: dotnet run --project tests/contract-service -- --port N
var port = args is ["--port", var text] && int.TryParse(text, out var number) && number is >= 0 and <= 65_535 ? number : -1;
if (port < 0)
{
    await Console.Error.WriteLineAsync("contract-service: say where to listen: --port N, with 0 for a port that the system chooses.");
    return 2;
}

await using var service = await Service.StartAsync(port);
await Console.Out.WriteLineAsync(service.Url);
await service.Ended;
return 0;
