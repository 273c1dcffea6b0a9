using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>What <c>AddSiar</c> returns: says where the hub's log is kept and who may do what.</summary>
public sealed class SiarBuilder : HubBuilder
{
    internal SiarBuilder(IServiceCollection services) => Services = services;

    /// <summary>The application's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Has an application's own class say who may publish and read what. It is made once; the last call wins.</summary>
    public SiarBuilder UseAuthorizer<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TAuthorizer>()
        where TAuthorizer : class, ISiarAuthorizer
    {
        Services.Replace(ServiceDescriptor.Singleton<ISiarAuthorizer, TAuthorizer>());
        return this;
    }

    /// <summary>Has an application's own function say who may publish and read what. The last call wins.</summary>
    /// <param name="authorize">Answers what the caller may do; null for a caller it does not know. May run concurrently.</param>
    public SiarBuilder UseAuthorizer(Func<HttpContext, ValueTask<SiarAccess?>> authorize)
    {
        Services.Replace(ServiceDescriptor.Singleton<ISiarAuthorizer>(new DelegateAuthorizer(authorize)));
        return this;
    }

    /// <summary>
    /// Has tokens say who may publish and read what, on every door but those of <c>MapEvents</c>: a request that brings one is judged by it. Where
    /// there is an authoriser as well, it is asked about requests without one. The tokens are an authentication scheme, <see cref="SiarAuthentication.Scheme"/>, which
    /// endpoints of the application's own may name. May be called more than once.
    /// </summary>
    /// <param name="configure">Sets keys and issuers; a wrong value stops the start with a sentence that names it.</param>
    public SiarBuilder UseTokens(Action<TokenOptions>? configure = null)
    {
        if (configure is not null) Services.Configure(configure);
        if (TokenAuthority.Register(Services)) TokenSchemeProvider.Register(Services);
        return this;
    }

    /// <summary>
    /// Has everybody read the public events of some topics on the hub's doors, without credentials. A request for others, or for a pattern, is served as far as these
    /// topics go; private events are never among them. May be called more than once.
    /// </summary>
    /// <param name="topics">At least one: topics, URL Patterns (with a <c>*</c>, as in <c>news/*</c>), URI Templates (with a <c>{</c>), or <c>*</c> for all. A wrong one stops the start.</param>
    /// <exception cref="ArgumentException">There is no topic.</exception>
    public SiarBuilder AllowAnonymousReaders(params IEnumerable<string> topics)
    {
        string[] open = [.. topics];
        if (open.Length == 0) throw new ArgumentException("Name the topics that everybody may read, such as \"news/*\", or \"*\" for all of them.", nameof(topics));
        Services.Configure<SiarOptions>(options =>
        {
            foreach (var topic in open) options.AnonymousReaders.Add(topic);
        });
        return this;
    }

    /// <summary>Has an application's own class told of streams that begin and end. It is made once; each call adds another.</summary>
    public SiarBuilder ObserveConnections<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TObserver>()
        where TObserver : class, ISiarConnectionObserver
    {
        Services.AddSingleton<ISiarConnectionObserver, TObserver>();
        return this;
    }

    /// <summary>Has an application's own function told of streams that begin, as <see cref="ISiarConnectionObserver"/> says. Each call adds another.</summary>
    /// <param name="connected">Called with each.</param>
    public SiarBuilder OnConnected(Func<SiarConnection, CancellationToken, ValueTask> connected)
    {
        Services.AddSingleton<ISiarConnectionObserver>(new DelegateObserver(connected, disconnected: null));
        return this;
    }

    /// <summary>Has an application's own function told of streams that end, and why, as <see cref="ISiarConnectionObserver"/> says. Each call adds another.</summary>
    /// <param name="disconnected">Called with each.</param>
    public SiarBuilder OnDisconnected(Func<SiarConnection, EndReason, CancellationToken, ValueTask> disconnected)
    {
        Services.AddSingleton<ISiarConnectionObserver>(new DelegateObserver(connected: null, disconnected));
        return this;
    }

    internal override void AddSingleton<TService>(Func<IServiceProvider, TService> make) => Services.AddSingleton(make);
}
