using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace Siar.Client.Tests;

/// <summary>The contract's service as the program that an outside harness starts.</summary>
public sealed class ContractServiceProcessTests
{
    [Fact]
    public async Task It_says_where_it_is_and_what_the_client_can_do_and_ends_when_it_is_told()
    {
        using var service = Start("--port", "0");
        try
        {
            var url = await service.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience.Time);
            using var http = new HttpClient();

            using var status = JsonDocument.Parse(await http.GetStringAsync(url, TestContext.Current.CancellationToken));
            status.RootElement.GetProperty("capabilities").GetArrayLength().ShouldBe(10);
            using var answer = await http.DeleteAsync(url, TestContext.Current.CancellationToken);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);

            await service.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience.Time);
            service.ExitCode.ShouldBe(0);
        }
        finally
        {
            if (!service.HasExited) service.Kill();
        }
    }

    [Fact]
    public async Task Without_a_port_it_says_what_is_missing()
    {
        using var service = Start();

        (await service.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)).ShouldContain("--port N");

        await service.WaitForExitAsync(TestContext.Current.CancellationToken);
        service.ExitCode.ShouldBe(2);
    }

    private static Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Siar.ContractService.dll"), .. arguments])
    {
        UseShellExecute = false,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
