using Microsoft.Extensions.Options;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>Checks every range that the options declare; the code is generated, so that nothing is found by reflection.</summary>
[OptionsValidator]
internal sealed partial class SiarOptionsValidator : IValidateOptions<SiarOptions>;

/// <summary>Checks what no range can say.</summary>
internal sealed class SiarOptionsConsistency : IValidateOptions<SiarOptions>
{
    public ValidateOptionsResult Validate(string? name, SiarOptions options)
    {
        var limits = options.Hub.Limits;
        if (options.PageEvents > options.MaxPageEvents)
            return Fail($"PageEvents is {options.PageEvents} and MaxPageEvents {options.MaxPageEvents}: the usual page must not be larger than the largest.");
        if (limits.EventBytes > limits.RequestBytes)
            return Fail($"Limits.EventBytes is {limits.EventBytes} and RequestBytes {limits.RequestBytes}: one event must fit in a request.");
        if (CheckResource(options.Resource) is { } resource) return Fail(resource);
        foreach (var topic in options.AnonymousReaders)
        {
            if (AnonymousReaders.Check(topic, limits) is { } wrong) return Fail($"AnonymousReaders has '{topic}'. {wrong}");
        }

        if (options.AllowedOrigins.Select(o => OriginList.Check("AllowedOrigins", o)).FirstOrDefault(e => e is not null) is { } origin) return Fail(origin);
        if (options.AllowedHeaders.FirstOrDefault(h => !IsToken(h)) is { } header) return Fail($"AllowedHeaders has '{header}', which is no name of a header field.");
        if (options.DevelopmentMode == true && options.AllowedOrigins.FirstOrDefault(o => !OriginList.IsLoopback(o)) is { } open)
            return Fail($"AllowedOrigins has '{open}', and development mode answers only pages of this machine: name a loopback origin such as http://localhost:5173, or set up keys or an authorisation hook.");
        if ((Check("Hub.Retention", options.Hub.Retention) ?? Check("Hub.ReservedRetention", options.Hub.ReservedRetention)) is { } error) return Fail(error);
        foreach (var retention in options.Hub.RetentionClasses)
        {
            if (Check($"Hub.RetentionClasses['{retention.Prefix}']", retention.Limits) is { } wrong) return Fail(wrong);
        }

        return ValidateOptionsResult.Success;
    }

    private static string? Check(string name, RetentionLimits limits)
    {
        if (limits.MaxCount < 1) return $"{name}.MaxCount is {limits.MaxCount}: give at least 1, or null for no limit.";
        if (limits.MaxBytes < 1) return $"{name}.MaxBytes is {limits.MaxBytes}: give at least 1, or null for no limit.";
        if (limits.MaxAge <= TimeSpan.Zero) return $"{name}.MaxAge is {limits.MaxAge}: give more than zero, or null for no limit.";
        return null;
    }

    // RFC 9110, 5.6.2.
    private static bool IsToken(string text) => text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal));

    private static string? CheckResource(string? resource) =>
        resource is null || (Uri.TryCreate(resource, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.AbsolutePath.Length > 1
            && !url.AbsolutePath.EndsWith('/') && url.Query.Length == 0 && url.Fragment.Length == 0 && url.UserInfo.Length == 0)
            ? null
            : $"Resource is '{resource}': give the hub's whole URL with its path, as in https://example.com/.well-known/mercure, and nothing after it.";

    private static ValidateOptionsResult Fail(string sentence) => ValidateOptionsResult.Fail(sentence);
}
