using System.Collections.Immutable;
using System.Security.Cryptography;
using Siar.Auth;

namespace Siar.AspNetCore;

/// <summary>Makes keys of what the options say.</summary>
internal static class TokenKeys
{
    /// <summary>The keys of an issuer; a role that has none is null.</summary>
    /// <param name="publish">The keys of publishers' tokens.</param>
    /// <param name="subscribe">The keys of subscribers' tokens.</param>
    /// <param name="endpoints">Makes what fetches keys at an address.</param>
    /// <param name="onSkipped">Called with a sentence about each key of a set that cannot be used.</param>
    public static RoleKeys Of(TokenKeyOptions publish, TokenKeyOptions subscribe, Func<JwksEndpointOptions, JwksEndpoint> endpoints, Action<string> onSkipped) =>
        new() { Publish = Of(publish, endpoints, onSkipped), Subscribe = Of(subscribe, endpoints, onSkipped) };

    /// <summary>What is wrong with a role's keys, as a sentence; null when nothing is.</summary>
    public static string? Check(string name, TokenKeyOptions options)
    {
        if (options.Url is not null && options.Keys.Count + options.Files.Count > 0) return $"{name} has an address of keys, and keys: give one or the other.";
        try
        {
            _ = Of(options, static endpoint => new JwksEndpoint(endpoint, new HttpClient(), TimeProvider.System), static _ => { });
            return null;
        }
        catch (Exception failure) when (failure is ArgumentException or IOException or UnauthorizedAccessException or CryptographicException or UriFormatException)
        {
            return $"{name}: {failure.Message}";
        }
    }

    /// <summary>What is wrong with the length of a role's secrets, as sentences.</summary>
    /// <param name="name">The role's name.</param>
    /// <param name="options">The role's keys, which can be read.</param>
    /// <param name="least">How many bytes a secret must have; null for as many as RFC 7518 asks for.</param>
    public static IEnumerable<string> ShortSecrets(string name, TokenKeyOptions options, int? least)
    {
        if (options.Url is not null || !options.IsSet) yield break;
        foreach (var key in Read(options, static _ => { }))
        {
            if (key.SecretBytes is { } bytes && bytes < (least ?? key.RequiredSecretBytes))
            {
                yield return $"{name} has a secret of {bytes} bytes, which can be found by trying: give at least {key.RequiredSecretBytes} random bytes for "
                    + $"{string.Join(", ", key.Algorithms)} (RFC 7518, 3.2), as 'openssl rand -base64 {key.RequiredSecretBytes}' makes them.";
            }
        }
    }

    private static IEnumerable<VerificationKey> Read(TokenKeyOptions options, Action<string> onSkipped)
    {
        ImmutableArray<string> algorithms = [.. options.Algorithms];
        var texts = options.Keys.Concat(options.Files.Select(f => File.ReadAllText(f).TrimEnd('\r', '\n')));
        return texts.SelectMany(text => VerificationKey.FromText(text, algorithms, onSkipped));
    }

    private static KeySource? Of(TokenKeyOptions options, Func<JwksEndpointOptions, JwksEndpoint> endpoints, Action<string> onSkipped)
    {
        ImmutableArray<string> algorithms = [.. options.Algorithms];
        if (options.Url is { } url)
        {
            var endpoint = new JwksEndpointOptions { Url = new Uri(url), OnKeySkipped = onSkipped };
            return endpoints(algorithms.IsEmpty ? endpoint : endpoint with { Algorithms = algorithms });
        }

        return options.IsSet ? KeySource.Of(Read(options, onSkipped)) : null;
    }
}
