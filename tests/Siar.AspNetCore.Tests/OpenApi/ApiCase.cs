using System.Text;

namespace Siar.AspNetCore.Tests.OpenApi;

/// <summary>A request, and the answer that the document promises for it.</summary>
/// <param name="Operation">The operation, by its id.</param>
/// <param name="Status">The status that it is answered with.</param>
/// <param name="State">The state of the hub.</param>
/// <param name="Ask">Brings the hub to where it answers so, and makes the request.</param>
internal sealed record ApiCase(string Operation, int Status, ApiHub State, Func<TestHub, Task<HttpRequestMessage>> Ask)
{
    /// <summary>Every case.</summary>
    public static IReadOnlyList<ApiCase> All { get; } = [.. ReadCases.All, .. PublishCases.All, .. MercureCases.All, .. SubscriptionCases.All, .. MachineCases.All, .. RevocationCases.All];

    public static ApiCase Of(string operation, int status, HttpMethod method, string target, params (string Name, string Value)[] headers) =>
        In(ApiHub.Open, operation, status, method, target, headers);

    public static ApiCase In(ApiHub state, string operation, int status, HttpMethod method, string target, params (string Name, string Value)[] headers) =>
        new(operation, status, state, _ => Task.FromResult(Request(method, target, headers)));

    /// <summary>A case with a body.</summary>
    public static ApiCase Of(string operation, int status, HttpMethod method, string target, string type, string body, params (string Name, string Value)[] headers) =>
        In(ApiHub.Open, operation, status, method, target, type, body, headers);

    public static ApiCase In(ApiHub state, string operation, int status, HttpMethod method, string target, string type, string body, params (string Name, string Value)[] headers) =>
        new(operation, status, state, _ => Task.FromResult(Request(method, target, type, body, headers)));

    /// <summary>The same case after something has happened.</summary>
    public ApiCase After(Func<TestHub, Task> happened) => this with
    {
        Ask = async hub =>
        {
            await happened(hub);
            return await Ask(hub);
        },
    };

    /// <summary>The same case after the same request was made so often.</summary>
    public ApiCase AfterTimes(int times) => After(async hub =>
    {
        for (var i = 0; i < times; i++) (await hub.Client.SendAsync(await Ask(hub))).Dispose();
    });

    /// <summary>The same case with a token.</summary>
    public ApiCase With(string token) => this with
    {
        Ask = async hub =>
        {
            var request = await Ask(hub);
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
            return request;
        },
    };

    public static HttpRequestMessage Request(HttpMethod method, string target, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, target);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    public static HttpRequestMessage Request(HttpMethod method, string target, string type, string body, params (string Name, string Value)[] headers)
    {
        var request = Request(method, target, headers);
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        return request;
    }

    public override string ToString() => $"{Operation} {Status}";
}
