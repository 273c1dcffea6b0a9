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

    internal override void AddSingleton<TService>(Func<IServiceProvider, TService> make) => Services.AddSingleton(make);
}
