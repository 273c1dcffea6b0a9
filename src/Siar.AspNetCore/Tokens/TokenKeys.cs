using System.Collections.Immutable;
using System.Security.Cryptography;
using Siar.Auth;

namespace Siar.AspNetCore;

/// <summary>Makes keys of what the options say.</summary>
internal static class TokenKeys
{
    /// <summary>The keys of an issuer; a role that has none is null.</summary>
    public static RoleKeys Of(TokenKeyOptions publish, TokenKeyOptions subscribe, Func<HttpClient> http, TimeProvider time) =>
        new() { Publish = Of(publish, http, time), Subscribe = Of(subscribe, http, time) };

    /// <summary>What is wrong with a role's keys, as a sentence; null when nothing is.</summary>
    public static string? Check(string name, TokenKeyOptions options)
    {
        if (options.Url is not null && options.Keys.Count + options.Files.Count > 0) return $"{name} has an address of keys, and keys: give one or the other.";
        try
        {
            _ = Of(options, static () => new HttpClient(), TimeProvider.System);
            return null;
        }
        catch (Exception failure) when (failure is ArgumentException or IOException or UnauthorizedAccessException or CryptographicException or UriFormatException)
        {
            return $"{name}: {failure.Message}";
        }
    }

    private static KeySource? Of(TokenKeyOptions options, Func<HttpClient> http, TimeProvider time)
    {
        ImmutableArray<string> algorithms = [.. options.Algorithms];
        if (options.Url is { } url)
        {
            var endpoint = new JwksEndpointOptions { Url = new Uri(url) };
            return new JwksEndpoint(algorithms.IsEmpty ? endpoint : endpoint with { Algorithms = algorithms }, http(), time);
        }

        if (!options.IsSet) return null;
        var texts = options.Keys.Concat(options.Files.Select(f => File.ReadAllText(f).TrimEnd('\r', '\n')));
        return KeySource.Of(texts.SelectMany(text => VerificationKey.FromText(text, algorithms)));
    }
}
