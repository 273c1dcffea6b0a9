using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Siar.AspNetCore;

/// <summary>Checks every range and form that the options declare; the code is generated, so that nothing is found by reflection.</summary>
[OptionsValidator]
internal sealed partial class TokenOptionsValidator : IValidateOptions<TokenOptions>;

/// <summary>Checks what no attribute can say.</summary>
internal sealed class TokenOptionsConsistency(IHostEnvironment environment, IOptions<SiarOptions> siar) : IValidateOptions<TokenOptions>
{
    // Half of what the standard asks for: what is in use elsewhere with a little less than that goes on working, and is warned of.
    private const int LeastSecretBytes = 16;

    public ValidateOptionsResult Validate(string? name, TokenOptions options)
    {
        var roles = Roles(options).ToList();
        if (!roles.Any(r => r.Keys.IsSet))
            return ValidateOptionsResult.Fail("There is no key: give Tokens.Publish, Tokens.Subscribe or one of Tokens.TrustedIssuers a key, a file or an address, or leave UseTokens out.");
        var errors = roles.Select(r => TokenKeys.Check(r.Name, r.Keys))
            .Concat(options.PublishOrigins.Select(o => OriginList.Check("Tokens.PublishOrigins", o)))
            .OfType<string>().ToList();
        if (errors.Count == 0 && !environment.IsDevelopment() && siar.Value.DevelopmentMode != true)
            errors.AddRange(roles.SelectMany(r => TokenKeys.ShortSecrets(r.Name, r.Keys, LeastSecretBytes)));
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    /// <summary>Every role that keys can be set for, by the name of its option.</summary>
    public static IEnumerable<(string Name, TokenKeyOptions Keys)> Roles(TokenOptions options)
    {
        yield return ("Tokens.Publish", options.Publish);
        yield return ("Tokens.Subscribe", options.Subscribe);
        foreach (var (issuer, keys) in options.TrustedIssuers)
        {
            yield return ($"Tokens.TrustedIssuers['{issuer}'].Publish", keys.Publish);
            yield return ($"Tokens.TrustedIssuers['{issuer}'].Subscribe", keys.Subscribe);
        }
    }
}
