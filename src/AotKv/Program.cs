return AotKv.Launcher.Run(args);
