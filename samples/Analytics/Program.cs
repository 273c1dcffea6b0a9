using Analytics;

// A shop's access log, counted live. The log is the truth: every figure is counted from its lines alone, so that a restart, of this
// program or under the eyes of who watches, changes no number. Without --follow the log is made up, the same for the same --seed.
var builder = WebApplication.CreateBuilder(args);
var settings = Settings.Of(builder.Configuration);
builder.Services.AddSiar();
builder.Services.AddSingleton(settings);
builder.Services.AddHostedService<LiveBoard>();
if (settings.IsMadeUp) builder.Services.AddHostedService<ShopLog>();
var app = builder.Build();

app.MapEvents("/board", LiveBoard.Topic);
Page.Map(app);

app.Run();
