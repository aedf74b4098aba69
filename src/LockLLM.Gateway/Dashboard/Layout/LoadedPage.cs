using Microsoft.AspNetCore.Components;

namespace LockLLM.Gateway.Dashboard.Layout;

/// <summary>A page that is drawn once, when what it shows has been read. Other components are drawn before as well, whenever reading takes a moment.</summary>
public abstract class LoadedPage : ComponentBase
{
    /// <summary>Reads; then draws.</summary>
    public sealed override async Task SetParametersAsync(ParameterView parameters)
    {
        parameters.SetParameterProperties(this);
        await LoadAsync();
        await base.SetParametersAsync(ParameterView.Empty);
    }

    /// <summary>Reads what the page shows.</summary>
    protected abstract Task LoadAsync();
}
