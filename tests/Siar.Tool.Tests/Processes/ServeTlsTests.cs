namespace Siar.Tool.Tests;

[Trait("runs", "siar")]
public sealed class ServeTlsTests : IDisposable
{
    private const string AnyPort = "https://127.0.0.1:0";

    private readonly TestCertificate _certificate = new();

    public void Dispose() => _certificate.Dispose();

    [Theory]
    [InlineData("pem and key")]
    [InlineData("pem and locked key")]
    [InlineData("pem with its key")]
    [InlineData("pfx")]
    public async Task A_certificate_may_come_in_every_usual_form(string form)
    {
        string[] arguments = form switch
        {
            "pem and key" => ["--cert", _certificate.Pem, "--cert-key", _certificate.Key],
            "pem and locked key" => ["--cert", _certificate.Pem, "--cert-key", _certificate.LockedKey],
            "pem with its key" => ["--cert", _certificate.Both],
            _ => ["--cert", _certificate.Pfx],
        };
        var variables = new Dictionary<string, string>();
        if (form is "pfx" or "pem and locked key") variables["SIAR_CERTIFICATE_PASSWORD"] = TestCertificate.Password;
        await using var hub = await RunningHub.StartAsync(variables, ["--url", AnyPort, .. arguments]);
        using var http = _certificate.Client();

        (await http.GetStringAsync(hub.Url + "/health/ready")).ShouldBe("""{"status":"ok"}""");
    }

    [Fact]
    public async Task A_certificate_without_its_key_stops_the_start()
    {
        var (exitCode, _, errors) = await SiarProcess.RunAsync("serve", "--url", AnyPort, "--cert", _certificate.Pem);

        exitCode.ShouldBe(ExitCode.Usage);
        errors.ShouldStartWith($"siar serve: the certificate '{_certificate.Pem}' cannot be used: ");
    }

    [Fact]
    public async Task What_is_served_how_is_said_with_https_alone_with_both_and_with_a_certificate_that_nothing_uses()
    {
        await using (var hub = await RunningHub.StartAsync("--url", AnyPort, "--cert", _certificate.Both)) await hub.Process.ReadErrorAsync("streams  by the web server, with TLS");
        await using (var hub = await RunningHub.StartAsync("--url", AnyPort, "http://127.0.0.1:0", "--cert", _certificate.Both, "--transport", "portable")) await hub.Process.ReadErrorAsync("streams  by the web server");
        await using (var hub = await RunningHub.StartAsync("--cert", _certificate.Both)) await hub.Process.ReadErrorAsync("is not used: no address is https, so all is served as plain http. Give one with --url");
    }

    [Fact]
    public async Task A_wrong_password_stops_the_start()
    {
        var (exitCode, _, errors) = await SiarProcess.RunAsync("serve", "--url", AnyPort, "--cert", _certificate.Pfx);

        exitCode.ShouldBe(ExitCode.Usage);
        errors.ShouldStartWith($"siar serve: the certificate '{_certificate.Pfx}' cannot be used: ");
        errors.ShouldContain("SIAR_CERTIFICATE_PASSWORD");
    }

    [Fact]
    public async Task Without_any_certificate_the_sentence_says_how_to_get_one()
    {
        // A home without a store of certificates.
        var home = Directory.CreateTempSubdirectory("siar-");
        try
        {
            await using var process = SiarProcess.Start(
                new Dictionary<string, string> { ["HOME"] = home.FullName, ["DOTNET_CLI_HOME"] = home.FullName }, "serve", "--url", AnyPort);

            var (exitCode, _, errors) = await process.FinishAsync();

            exitCode.ShouldBe(ExitCode.Usage);
            errors.ShouldBe("siar serve: there is no certificate for the https address: give one with --cert, or make the development certificate with 'dotnet dev-certs https'.\n");
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_connection_has_as_many_streams_as_was_said()
    {
        await using var hub = await RunningHub.StartAsync("--url", AnyPort, "--cert", _certificate.Both, "--max-streams-per-connection", "2");
        var connections = 0;
        using var http = _certificate.Client(() => Interlocked.Increment(ref connections));
        var streams = new List<HttpResponseMessage>();

        for (var i = 0; i < 5; i++) streams.Add(await http.GetAsync($"{hub.Url}/events/t?n={i}", HttpCompletionOption.ResponseHeadersRead));

        connections.ShouldBe(3);
        foreach (var stream in streams) stream.Dispose();
    }
}
