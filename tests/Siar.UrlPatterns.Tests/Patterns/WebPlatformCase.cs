using System.Text.Json;
using Siar.TestKit;
using Siar.UrlPatterns.Patterns;

namespace Siar.UrlPatterns.Tests.Patterns;

/// <summary>One case of the web platform's tests: what they mean is told by how the browsers' own harness reads them.</summary>
internal sealed class WebPlatformCase
{
    private static readonly JsonElement[] Cases = JsonSerializer.Deserialize<JsonElement[]>(
        File.ReadAllBytes(Path.Combine(Vectors.Root, "urlpattern", "urlpatterntestdata.json")))!;

    private readonly JsonElement _case;
    private readonly JsonElement[] _pattern;

    private WebPlatformCase(JsonElement text)
    {
        _case = text;
        _pattern = [.. text.GetProperty("pattern").EnumerateArray()];
        Inputs = text.TryGetProperty("inputs", out var inputs) ? [.. inputs.EnumerateArray()] : [];
    }

    public static int Count => Cases.Length;

    public IReadOnlyList<JsonElement> Inputs { get; }

    public bool ConstructorFails => IsError("expected_obj");

    public bool MatchFails => IsError("expected_match");

    public JsonElement? ExpectedMatch =>
        _case.TryGetProperty("expected_match", out var match) && match.ValueKind == JsonValueKind.Object ? match : null;

    /// <summary>Whether the case calls a constructor that takes components and a base apart: one that does not exist here.</summary>
    public bool NeedsMissingConstructor => _pattern is [{ ValueKind: JsonValueKind.Object }, { ValueKind: JsonValueKind.String }, ..];

    public static WebPlatformCase At(int index) => new(Cases[index]);

    public static string Describe(int index) => Cases[index].GetProperty("pattern").GetRawText();

    public UrlPattern? Create(out string? error)
    {
        var first = _pattern.Length > 0 ? _pattern[0] : default;
        var created = first.ValueKind == JsonValueKind.String
            ? UrlPattern.TryCreate(first.GetString()!, BaseArgument, Options, out var pattern, out error)
            : UrlPattern.TryCreate(Init(first), Options, out pattern, out error);
        created.ShouldBe(pattern is not null);
        return pattern;
    }

    /// <summary>The pattern that a component should have: given, or what follows from the arguments.</summary>
    public string ExpectedText(Component component)
    {
        var name = Name(component);
        if (_case.TryGetProperty("expected_obj", out var expected) && expected.TryGetProperty(name, out var text)) return text.GetString()!;
        if (IsExactlyEmpty(component)) return "";
        var first = _pattern.Length > 0 && _pattern[0].ValueKind == JsonValueKind.Object ? _pattern[0] : default;
        if (first.ValueKind == JsonValueKind.Object && first.TryGetProperty(name, out text) && text.GetString() is { Length: > 0 } given) return given;
        if (first.ValueKind == JsonValueKind.Object && Earlier(component).Any(c => first.TryGetProperty(Name(c), out _))) return "*";
        var isInherited = component is not (Component.Username or Component.Password);
        return isInherited && BaseOfPattern(first) is { Length: > 0 } baseUrl ? Url.Parse(baseUrl).Text(component) : "*";
    }

    public bool IsExactlyEmpty(Component component) =>
        _case.TryGetProperty("exactly_empty_components", out var empty) && empty.EnumerateArray().Any(e => e.GetString() == Name(component));

    /// <summary>Whether what is to be matched is text, with or without a base, and no components.</summary>
    public bool IsOfText(out string input, out string? baseUrl)
    {
        var isText = Inputs is [{ ValueKind: JsonValueKind.String }, ..];
        input = isText ? Inputs[0].GetString()! : "";
        baseUrl = isText && Inputs is [_, { } second] ? second.GetString() : null;
        return isText;
    }

    public static UrlPatternInit Init(JsonElement members)
    {
        var init = new UrlPatternInit();
        if (members.ValueKind != JsonValueKind.Object) return init;
        foreach (var component in Components.All)
        {
            if (members.TryGetProperty(Name(component), out var text)) init[component] = text.GetString();
        }

        if (members.TryGetProperty("baseURL", out var baseUrl)) init.BaseUrl = baseUrl.GetString();
        return init;
    }

    public static string Name(Component component) => component.ToString().ToLowerInvariant();

    private string? BaseOfPattern(JsonElement init) =>
        init.ValueKind == JsonValueKind.Object && init.TryGetProperty("baseURL", out var baseUrl) ? baseUrl.GetString() : BaseArgument;

    /// <summary>The second argument, as a browser reads it: with two more to come, an object there is turned into text.</summary>
    private string? BaseArgument => _pattern switch
    {
        [_, { ValueKind: JsonValueKind.String } text, ..] => text.GetString(),
        [_, { ValueKind: JsonValueKind.Object }, _] => "[object Object]",
        _ => null,
    };

    private UrlPatternOptions Options => new()
    {
        IgnoreCase = _pattern.Skip(1).Any(a => a.ValueKind == JsonValueKind.Object && a.TryGetProperty("ignoreCase", out var ignore) && ignore.GetBoolean()),
    };

    private bool IsError(string name) =>
        _case.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() == "error";

    private static Component[] Earlier(Component component)
    {
        Component[] order = [Component.Protocol, Component.Hostname, Component.Port, Component.Pathname, Component.Search, Component.Hash];
        return order.Contains(component) ? order[..Array.IndexOf(order, component)] : [];
    }
}
