using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Siar.Wire;

/// <summary>
/// A topic whose events are JSON of one type, or a family of such topics, as <c>orders/{id}</c>. Named once, it is what is published to, subscribed to and mapped
/// to an endpoint, so that another type does not compile. Immutable; may be used from any thread.
/// <code>
/// static readonly Topic&lt;Order&gt; Orders = new("orders/{id}", ShopJson.Default.Order);
/// </code>
/// </summary>
/// <typeparam name="T">What the data of the events is.</typeparam>
public sealed class Topic<T>
{
    // The template between its variables: one part more than there are variables.
    private readonly ImmutableArray<string> _literals;

    /// <summary>Names a topic or a family, with type information from source generation: nothing is found by reflection.</summary>
    /// <param name="template">
    /// The topic. Each <c>{name}</c> stands for one segment: letters, digits and <c>_</c> between braces (RFC 6570, level 1).
    /// </param>
    /// <param name="json">How the data is written and read.</param>
    /// <exception cref="FormatException">The template is empty, or a brace has no partner, or a name is none or there twice.</exception>
    public Topic(string template, JsonTypeInfo<T> json)
        : this(template, json, Read(template, out var literals), literals)
    {
    }

    /// <summary>Names a topic or a family. The data is written and read as ASP.NET Core does it (<see cref="JsonSerializerOptions.Web"/>).</summary>
    /// <inheritdoc cref="Topic{T}(string, JsonTypeInfo{T})"/>
    [RequiresUnreferencedCode("Finds the type's members by reflection. Give a JsonTypeInfo from a source-generated context.")]
    [RequiresDynamicCode("Finds the type's members by reflection. Give a JsonTypeInfo from a source-generated context.")]
    public Topic(string template)
        : this(template, (JsonTypeInfo<T>)JsonSerializerOptions.Web.GetTypeInfo(typeof(T)))
    {
    }

    private Topic(string template, JsonTypeInfo<T> json, ImmutableArray<string> variables, ImmutableArray<string> literals)
    {
        ArgumentNullException.ThrowIfNull(json);
        (Template, Json, Variables, _literals) = (template, json, variables, literals);
    }

    /// <summary>The topic, with what is still variable in braces.</summary>
    public string Template { get; }

    /// <summary>The names of what is still variable, in order; empty for one topic.</summary>
    public ImmutableArray<string> Variables { get; }

    /// <summary>How the data is written and read.</summary>
    public JsonTypeInfo<T> Json { get; }

    /// <summary>The one topic that this is.</summary>
    /// <exception cref="InvalidOperationException">Something is still variable: it is a family.</exception>
    public string Name => Variables.IsEmpty
        ? Template
        : throw new InvalidOperationException($"'{Template}' is a family of topics: name one by With, with a value for {string.Join(" and ", Variables)}.");

    /// <summary>One topic of the family.</summary>
    /// <param name="values">A value for each variable, in order; each becomes one segment, percent-encoded (RFC 3986, 2.1).</param>
    /// <exception cref="ArgumentException">There are more or fewer values than variables, or one is empty.</exception>
    public Topic<T> With(params ReadOnlySpan<string> values)
    {
        if (values.Length != Variables.Length) throw new ArgumentException($"'{Template}' has {Variables.Length} variables, and there are {values.Length} values.", nameof(values));
        var name = new StringBuilder(_literals[0]);
        for (var i = 0; i < values.Length; i++)
        {
            ArgumentException.ThrowIfNullOrEmpty(values[i], Variables[i]);
            name.Append(Uri.EscapeDataString(values[i])).Append(_literals[i + 1]);
        }

        var text = name.ToString();
        return new Topic<T>(text, Json, [], [text]);
    }

    /// <summary>Makes the data of an event.</summary>
    /// <param name="value">What it says.</param>
    public byte[] Serialize(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Json);

    /// <summary>Reads the data of an event.</summary>
    /// <param name="data">The data, UTF-8.</param>
    /// <exception cref="JsonException">It is not the JSON of the type.</exception>
    public T? Deserialize(ReadOnlySpan<byte> data) => JsonSerializer.Deserialize(data, Json);

    /// <inheritdoc />
    public override string ToString() => Template;

    private static ImmutableArray<string> Read(string template, out ImmutableArray<string> literals)
    {
        ArgumentNullException.ThrowIfNull(template);
        if (template.Length == 0) throw new FormatException("The topic is empty.");
        var (names, texts) = (ImmutableArray.CreateBuilder<string>(), ImmutableArray.CreateBuilder<string>());
        var rest = template.AsSpan();
        while (rest.IndexOfAny('{', '}') is >= 0 and var open)
        {
            var close = rest[open..].IndexOf('}');
            if (rest[open] == '}' || close < 0) throw new FormatException($"A brace of the topic '{template}' has no partner.");
            var name = rest.Slice(open + 1, close - 1).ToString();
            if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
                throw new FormatException($"'{{{name}}}' of the topic '{template}' is no variable: write letters, digits and _ between the braces.");
            if (names.Contains(name)) throw new FormatException($"The variable '{name}' is twice in the topic '{template}'.");
            names.Add(name);
            texts.Add(rest[..open].ToString());
            rest = rest[(open + close + 1)..];
        }

        texts.Add(rest.ToString());
        literals = texts.ToImmutable();
        return names.ToImmutable();
    }
}
