using Siar.Storage.Sqlite.Threads;

namespace Siar.Storage.Sqlite.Tests.Threads;

/// <summary>A loop that does one job after the other becomes one with the thread that does them.</summary>
public sealed class JobThreadsTests
{
    [Fact]
    public Task Who_waits_goes_on_on_the_jobs_thread_and_does_the_next_job_in_place() => AfterAJobAsync((threads, thread) =>
    {
        Environment.CurrentManagedThreadId.ShouldBe(thread);
        for (var i = 0; i < 3; i++) ResultOf(threads.DoAndGoOn(_ => Environment.CurrentManagedThreadId)).ShouldBe(thread);
    });

    [Fact]
    public Task A_job_that_can_wait_has_its_turn_between_two() => AfterAJobAsync((threads, _) =>
    {
        var patient = threads.DoWhenIdle(context => context);
        var other = threads.DoWhenIdle(context => context);
        ResultOf(threads.DoAndGoOn(_ => patient.IsCompleted)).ShouldBeTrue();
        other.IsCompleted.ShouldBeFalse();
        ResultOf(threads.DoAndGoOn(_ => other.IsCompleted)).ShouldBeTrue();
    });

    [Fact]
    public Task A_job_that_fails_in_place_fails_alone() => AfterAJobAsync((threads, thread) =>
    {
        var failed = threads.DoAndGoOn<int>(_ => throw new IOException("disk")).AsTask();
        failed.Exception!.InnerException!.Message.ShouldBe("disk");
        ResultOf(threads.DoAndGoOn(_ => Environment.CurrentManagedThreadId)).ShouldBe(thread);
    });

    /// <summary>The context is in use: a transaction may be open.</summary>
    [Fact]
    public Task Nothing_is_done_inside_a_job() => AfterAJobAsync((threads, _) =>
    {
        Task<int>? inner = null;
        ResultOf(threads.DoAndGoOn(_ =>
        {
            inner = threads.DoAndGoOn(_ => 1).AsTask();
            return inner.IsCompleted;
        })).ShouldBeFalse();
        inner!.IsCompleted.ShouldBeFalse();
    });

    [Fact]
    public async Task A_thread_that_has_ended_does_nothing_more()
    {
        var threads = new JobThreads<string>("test", ["context"]);
        threads.Dispose();
        await Should.ThrowAsync<ObjectDisposedException>(async () => await threads.DoAndGoOn(_ => 1));
    }

    private static T ResultOf<T>(ValueTask<T> job) => job.IsCompletedSuccessfully ? job.Result : throw new InvalidOperationException("The job was not done in place.");

    // Has something done by who has waited for a job, and goes on behind it.
    private static async Task AfterAJobAsync(Action<JobThreads<string>, int> action)
    {
        using var threads = new JobThreads<string>("test", ["context"]);
        using var isAwaited = new ManualResetEventSlim();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var job = threads.DoAndGoOn(_ =>
        {
            isAwaited.Wait();
            return Environment.CurrentManagedThreadId;
        });
        _ = GoOnAsync();
        isAwaited.Set();
        await done.Task;

        async Task GoOnAsync()
        {
            try
            {
                action(threads, await job.ConfigureAwait(false));
                done.SetResult();
            }
            catch (Exception failure)
            {
                done.SetException(failure);
            }
        }
    }
}
