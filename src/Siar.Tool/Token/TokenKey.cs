using System.Collections;
using Siar.Auth;

namespace Siar.Tool;

/// <summary>Finds the key that a token is signed with.</summary>
internal static class TokenKey
{
    private static readonly string[] OfPublishers = ["SIAR_KEYS_PUBLISHER", "MERCURE_PUBLISHER_JWT_KEY"];
    private static readonly string[] OfSubscribers = ["SIAR_KEYS_SUBSCRIBER", "MERCURE_SUBSCRIBER_JWT_KEY"];

    /// <summary>Finds it: a flag names it, else the variables of a hub on this machine do.</summary>
    /// <exception cref="SettingException">There is no key, or not one key for all that the token shall allow.</exception>
    /// <exception cref="ArgumentException">The key cannot be used, or not with the algorithm.</exception>
    public static SigningKey Find(TokenOrder order, IDictionary variables) => SigningKey.FromText(TextOf(order, variables), order.Algorithm, order.KeyId);

    private static string TextOf(TokenOrder order, IDictionary variables)
    {
        if (order.Key is not null && order.KeyFile is not null) throw new SettingException("--key and --key-file are both there: give one key.");
        if (order.Key is { } key) return key.Text;
        if (order.KeyFile is { } file) return ReadFile(file);

        var publisher = Of(OfPublishers, variables);
        var subscriber = Of(OfSubscribers, variables);
        if (order is { MayPublish: true, MaySubscribe: true } && publisher?.Text != subscriber?.Text)
        {
            throw new SettingException(
                "the keys of publishers and subscribers are not the same, and one token has one key: make a token for each role, or name the key with --key-file.");
        }

        var found = order.MayPublish ? publisher : subscriber;
        return found?.Text ?? throw new SettingException(
            $"there is no key to sign with: name its file with --key-file, or set {(order.MayPublish ? OfPublishers : OfSubscribers)[0]} as the hub has it.");
    }

    private static SettingValue? Of(string[] names, IDictionary variables) =>
        names.Where(n => variables[n] is string { Length: > 0 }).Select(n => new SettingValue(n, (string)variables[n]!)).FirstOrDefault();

    private static string ReadFile(SettingValue file)
    {
        try
        {
            // The line end that an editor puts there is not part of a secret; the hub leaves it out as well.
            return File.ReadAllText(file.Text).TrimEnd('\r', '\n');
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw file.Wrong($"the file '{file.Text}' cannot be read: {failure.Message.TrimEnd('.')}");
        }
    }
}
