using BlazorClient;
using Microsoft.AspNetCore.Components.WebAssembly.Hosting;

// The hub is where the page came from.
var builder = WebAssemblyHostBuilder.CreateDefault(args);
builder.RootComponents.Add<Ticks>("#app");
builder.Services.AddSiarClient(options => options.Hub = new Uri(builder.HostEnvironment.BaseAddress));

await builder.Build().RunAsync();
