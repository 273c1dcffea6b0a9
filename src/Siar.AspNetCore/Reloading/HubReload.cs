using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Siar.Auth;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>
/// Reads the options again while the hub runs, when a source of theirs says that it has changed (such as an application's configuration), or when it is asked to.
/// All that can be changed changes at once, or nothing does where anything is wrong: keys and issuers, origins, limits, times and retention. Streams go on, but
/// for those of readers that the keys of now would not let in.
/// </summary>
internal sealed partial class HubReload(
    IOptionsFactory<SiarOptions> siar, IOptionsFactory<TokenOptions> tokens, IOptions<SiarOptions> inForce, EventHub hub, LiveFigures figures, CorsHandler cors,
    AccessResolver resolver, IEnumerable<IOptionsChangeTokenSource<SiarOptions>> changesOfSiar, IEnumerable<IOptionsChangeTokenSource<TokenOptions>> changesOfTokens,
    ILogger<HubReload> logger, TokenAuthority? authority = null)
    : IHostedService, IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly List<IDisposable> _watched = [];

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _watched.AddRange(changesOfSiar.Select(source => ChangeToken.OnChange(source.GetChangeToken, Begin)));
        _watched.AddRange(changesOfTokens.Select(source => ChangeToken.OnChange(source.GetChangeToken, Begin)));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        foreach (var each in _watched) each.Dispose();
        _watched.Clear();
    }

    /// <summary>Reads the options and has them count. Calls take turns.</summary>
    /// <returns>Whether the log keeps to the retention that the options ask for; where not, that holds from the next start, or when a shared log adopts it.</returns>
    /// <exception cref="OptionsValidationException">Something is wrong; nothing was changed.</exception>
    public async Task<bool> ApplyAsync(CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var options = siar.Create(Options.DefaultName);
            var plan = Plan(options);
            var (trusted, trusting) = authority is null ? default : ReadTokens(authority);

            // From here on nothing fails.
            inForce.Value.TakeOver(options);
            cors.Take(options);
            resolver.Take(options);
            if (trusting is not null) await TakeAsync(authority!, trusted!, trusting, cancellationToken);
            return plan.IsSameAs(hub.Log.Plan) || hub.Changes.TryChangeRetention(options.Hub);
        }
        finally
        {
            _turn.Release();
        }
    }

    private static RetentionPlan Plan(SiarOptions options)
    {
        try
        {
            return RetentionPlan.Of(options.Hub);
        }
        catch (ArgumentException failure)
        {
            throw Wrong<SiarOptions>(failure.Message);
        }
    }

    private (TokenOptions Options, TrustedTokens Trusting) ReadTokens(TokenAuthority authority)
    {
        var options = tokens.Create(Options.DefaultName);
        foreach (var role in new[] { TokenRole.Publish, TokenRole.Subscribe })
        {
            // A role that nobody could be let in in has no methods at its paths.
            if (TokenAuthority.IsOpen(options, role) && !authority.IsOpen(role) && !(role is TokenRole.Subscribe && inForce.Value.AnonymousReaders.Count > 0))
                throw Wrong<TokenOptions>($"There were no keys in the role {role} when the hub was started, so that its requests are not served: keys for it need a restart.");
        }

        try
        {
            return (options, authority.Read(options));
        }
        catch (Exception failure) when (failure is ArgumentException or IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw Wrong<TokenOptions>(failure.Message);
        }
    }

    private async Task TakeAsync(TokenAuthority authority, TokenOptions options, TrustedTokens trusting, CancellationToken cancellationToken)
    {
        authority.Take(options, trusting);
        // In development mode tokens let nobody in.
        if (resolver.IsDevelopment) return;
        Revoke(trusting);
        // Those that are known at this moment were looked at; an address may have others by now.
        await trusting.RenewKeysAsync(cancellationToken);
        Revoke(trusting);
    }

    private void Revoke(TrustedTokens trusting)
    {
        foreach (var each in figures.IsEnabled ? new[] { hub, figures.Statistics.Stream } : [hub])
            each.Changes.Revoke(admittedBy => admittedBy is TokenAdmission admission && !trusting.Trusts(admission));
    }

    private void Begin() => _ = ApplyAndTellAsync();

    private async Task ApplyAndTellAsync()
    {
        try
        {
            var isWhole = await ApplyAsync();
            LogChanged();
            if (!isWhole) LogRetention();
        }
        catch (OptionsValidationException failure)
        {
            LogWrong(string.Join(' ', failure.Failures));
        }
        catch (Exception failure)
        {
            LogFailed(failure);
        }
    }

    private static OptionsValidationException Wrong<TOptions>(string sentence) => new(Options.DefaultName, typeof(TOptions), [sentence]);

    [LoggerMessage(1, LogLevel.Information, "The configuration has changed and holds from now on.")]
    private partial void LogChanged();

    [LoggerMessage(2, LogLevel.Warning, "The retention has changed, and the log keeps to what it was opened with: it holds from the next start, or for a shared log when that adopts it.")]
    private partial void LogRetention();

    [LoggerMessage(3, LogLevel.Error, "The configuration has changed and is wrong, so that everything stays as it was: {Sentences}")]
    private partial void LogWrong(string sentences);

    [LoggerMessage(4, LogLevel.Error, "The configuration has changed and could not be read.")]
    private partial void LogFailed(Exception failure);
}
