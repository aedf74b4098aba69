using System.Runtime.CompilerServices;
using ArchUnitNET.Domain;
using ArchUnitNET.Fluent.Syntax.Elements.Types;
using ArchUnitNET.Loader;
using LockLLM.Engine;
using static ArchUnitNET.Fluent.ArchRuleDefinition;
using Assembly = System.Reflection.Assembly;

namespace LockLLM.Architecture.Tests;

/// <summary>The compiled projects, and the groups of types that rules speak of.</summary>
internal static class Loaded
{
    public static readonly Assembly ContractsAssembly = Assembly.Load("LockLLM.Contracts");
    public static readonly Assembly EngineAssembly = typeof(PromptScanner).Assembly;
    public static readonly Assembly GatewayAssembly = Assembly.Load("LockLLM.Gateway");
    public static readonly Assembly TrainingAssembly = Assembly.Load("LockLLM.Training");

    public static readonly ArchUnitNET.Domain.Architecture Architecture =
        new ArchLoader().LoadAssemblies(ContractsAssembly, EngineAssembly, GatewayAssembly, TrainingAssembly).Build();

    /// <summary>The types of a project that a person wrote.</summary>
    public static GivenTypesConjunction Of(Assembly project) =>
        Types().That().ResideInAssembly(project).And().ResideInNamespaceMatching(@"^LockLLM\.");

    /// <summary>The types of one room of a project, or of several, such as <c>Gateway</c>, <c>Errors|Storage</c>.</summary>
    public static GivenTypesConjunction Room(string project, string rooms) =>
        Types().That().ResideInNamespaceMatching($@"^LockLLM\.{project}\.({rooms})(\.|$)");

    /// <summary>Types of ours or of the platform whose full names match.</summary>
    public static IObjectProvider<IType> Named(string pattern) => Types(includeReferenced: true).That().HaveFullNameMatching(pattern);

    public static string RepositoryRoot([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
}
